import { Type } from 'typebox'
import { reader } from '../../db/transaction.ts'
import { wantsJson } from '../../http/files.ts'
import { pageOf } from '../../http/pages.ts'
import { dataRoute, publicRoute } from '../../http/route.ts'
import { PathId, closed, named } from '../../http/shapes.ts'
import { pdfLink } from '../invoices/index.ts'
import { explainCreditNote } from './explain.ts'
import type { CreditNoteExplanation } from './explain-schema.ts'
import { findCorrected, sendFacturX, sendLinkedPdf, sendPdf, sendUbl } from './files.ts'
import { findCreditNote, listCreditNotes } from './find.ts'
import { presentCreditNote } from './present.ts'
import { type CreditNote, ListCreditNotes } from './schema.ts'

const creditNote = named<CreditNote>('CreditNote')

export const routes = [
  dataRoute({
    method: 'GET',
    url: '/credit-notes',
    operation: 'creditNotes.list',
    summary: 'List credit notes',
    scope: 'invoices:read',
    query: ListCreditNotes,
    status: 200,
    response: pageOf(creditNote),
    read: (reader, { deps, principal, query }) =>
      listCreditNotes(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/credit-notes/:id',
    operation: 'creditNotes.get',
    summary: 'Get a credit note',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    response: creditNote,
    read: async (reader, { principal, params }) =>
      presentCreditNote(await findCreditNote(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'GET',
    url: '/credit-notes/:id/explain',
    operation: 'creditNotes.explain',
    summary: 'Get how a credit note came about',
    description:
      'What was left of its invoice, line by line, what was asked for, the days that are given back of how many, and what that comes to, as kept when it was issued. `novabilling verify-invoice FILE` recomputes it from this document alone.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    response: named<CreditNoteExplanation>('CreditNoteExplanation'),
    read: (reader, { principal, params }) => explainCreditNote(reader, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/credit-notes/:id/pdf',
    operation: 'creditNotes.pdf',
    summary: 'Get a credit note as a PDF',
    description:
      'With `Accept: application/json` the answer is `{url, expiresAt}`: a link that opens the PDF without a key, for a quarter of an hour.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    produces: 'application/pdf',
    handle: async ({ deps, principal, params, request, reply }) => {
      const { tenantId, environmentId } = principal
      const corrected = await findCorrected(reader(deps.db, principal), environmentId, params.id)
      if (!wantsJson(request.headers.accept)) return sendPdf(reply, corrected)
      return reply
        .header('cache-control', 'no-store')
        .send(pdfLink(deps, 'creditNote', { tenantId, environmentId, id: corrected.note.id }))
    },
  }),
  dataRoute({
    method: 'GET',
    url: '/credit-notes/:id/ubl',
    operation: 'creditNotes.ubl',
    summary: 'Get a credit note as UBL',
    description:
      'As EN 16931 asks, as it was issued, referring to its invoice. What its invoice needs to be given as UBL, it needs too.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    produces: 'application/xml',
    handle: async ({ deps, principal, params, reply }) =>
      sendUbl(reply, await findCorrected(reader(deps.db, principal), principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'GET',
    url: '/credit-notes/:id/factur-x',
    operation: 'creditNotes.facturX',
    summary: 'Get a credit note as a Factur-X',
    description:
      'A PDF/A-3 that carries the credit note as XML too (CII, profile EN 16931), as it was issued. It needs what its UBL needs.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    produces: 'application/pdf',
    handle: async ({ deps, principal, params, reply }) =>
      sendFacturX(reply, await findCorrected(reader(deps.db, principal), principal.environmentId, params.id)),
  }),
  publicRoute({
    method: 'GET',
    url: '/documents/credit-notes/:token',
    operation: 'creditNotes.pdfByLink',
    summary: 'Open the PDF of a credit note behind a signed link',
    params: closed({ token: Type.String({ maxLength: 300 }) }),
    status: 200,
    produces: 'application/pdf',
    handle: ({ deps, params, reply }) => sendLinkedPdf(deps, reply, params.token),
  }),
]

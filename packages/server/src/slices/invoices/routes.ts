import { Type } from 'typebox'
import { reader } from '../../db/transaction.ts'
import { wantsJson } from '../../http/files.ts'
import { pageOf } from '../../http/pages.ts'
import { dataRoute, publicRoute } from '../../http/route.ts'
import { PathId, closed, named } from '../../http/shapes.ts'
import { explainInvoice } from './explain.ts'
import type { InvoiceExplanation } from './explain-schema.ts'
import { findInvoice } from './find.ts'
import { listInvoices } from './list.ts'
import { pdfLink } from './pdf-link.ts'
import { sendFacturX, sendLinkedPdf, sendPdf, sendUbl } from './pdf.ts'
import { presentInvoice } from './present.ts'
import { type Invoice, ListInvoices, ListInvoicesOfCustomer } from './schema.ts'

const invoice = named<Invoice>('Invoice')

export const routes = [
  dataRoute({
    method: 'GET',
    url: '/invoices',
    operation: 'invoices.list',
    summary: 'List invoices',
    scope: 'invoices:read',
    query: ListInvoices,
    status: 200,
    response: pageOf(invoice),
    read: (reader, { deps, principal, query }) => listInvoices(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id/invoices',
    operation: 'customers.listInvoices',
    summary: 'List the invoices of a customer',
    scope: 'invoices:read',
    params: PathId,
    query: ListInvoicesOfCustomer,
    status: 200,
    response: pageOf(invoice),
    read: (reader, { deps, principal, params, query }) =>
      listInvoices(deps, reader, principal.environmentId, { ...query, customerId: params.id }),
  }),
  dataRoute({
    method: 'GET',
    url: '/invoices/:id',
    operation: 'invoices.get',
    summary: 'Get an invoice',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    response: invoice,
    read: async (reader, { deps, principal, params }) =>
      presentInvoice(deps, await findInvoice(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'GET',
    url: '/invoices/:id/explain',
    operation: 'invoices.explain',
    summary: 'Get how an invoice came about',
    description:
      'Each line with its period, days, share, price and exact amount, the rounding, the number and the due date, as kept when it was issued. `novabilling verify-invoice FILE` recomputes the total from this document alone.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    response: named<InvoiceExplanation>('InvoiceExplanation'),
    read: (reader, { principal, params }) => explainInvoice(reader, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/invoices/:id/pdf',
    operation: 'invoices.pdf',
    summary: 'Get an invoice as a PDF',
    description:
      'With `Accept: application/json` the answer is `{url, expiresAt}`: a link that opens the PDF without a key, for a quarter of an hour.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    produces: 'application/pdf',
    handle: async ({ deps, principal, params, request, reply }) => {
      const { tenantId, environmentId } = principal
      const own = reader(deps.db, principal)
      const row = await findInvoice(own, environmentId, params.id)
      if (!wantsJson(request.headers.accept)) return sendPdf(deps, reply, { reader: own, environmentId, row })
      return reply
        .header('cache-control', 'no-store')
        .send(pdfLink(deps, 'invoice', { tenantId, environmentId, id: row.id }))
    },
  }),
  dataRoute({
    method: 'GET',
    url: '/invoices/:id/ubl',
    operation: 'invoices.ubl',
    summary: 'Get an invoice as UBL',
    description:
      'As EN 16931 asks, as it was issued. Both parties need a country, and the tenant a `settings.taxId`, when the invoice is issued.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    produces: 'application/xml',
    handle: async ({ deps, principal, params, reply }) => {
      const row = await findInvoice(reader(deps.db, principal), principal.environmentId, params.id)
      return sendUbl(reply, row)
    },
  }),
  dataRoute({
    method: 'GET',
    url: '/invoices/:id/factur-x',
    operation: 'invoices.facturX',
    summary: 'Get an invoice as a Factur-X',
    description:
      'A PDF/A-3 that carries the invoice as XML too (CII, profile EN 16931), as it was issued: what is paid later changes neither. It needs what UBL needs.',
    scope: 'invoices:read',
    params: PathId,
    status: 200,
    produces: 'application/pdf',
    handle: async ({ deps, principal, params, reply }) => {
      const { environmentId } = principal
      const own = reader(deps.db, principal)
      const row = await findInvoice(own, environmentId, params.id)
      return sendFacturX(reply, { reader: own, environmentId, row })
    },
  }),
  publicRoute({
    method: 'GET',
    url: '/documents/:token',
    operation: 'invoices.pdfByLink',
    summary: 'Open the PDF behind a signed link',
    params: closed({ token: Type.String({ maxLength: 300 }) }),
    status: 200,
    produces: 'application/pdf',
    handle: ({ deps, params, reply }) => sendLinkedPdf(deps, reply, params.token),
  }),
]

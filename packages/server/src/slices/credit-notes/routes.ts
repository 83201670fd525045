import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
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
]

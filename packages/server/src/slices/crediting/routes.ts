import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { CreateCreditNote, type CreditNote } from '../credit-notes/index.ts'
import { createCreditNote } from './create.ts'
import { takeCreditNoteBack } from './void.ts'

const creditNote = named<CreditNote>('CreditNote')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/credit-notes',
    operation: 'creditNotes.create',
    summary: 'Credit an issued invoice',
    description:
      'Amounts of its lines, which take along their discounts and taxes, or a total. It lowers what is owed on the invoice; the rest is the customer’s balance, which pays for its next invoices, or goes back with `refund`. Never more than is left of the invoice and of each line.',
    scope: 'invoices:write',
    body: CreateCreditNote,
    status: 201,
    response: creditNote,
    write: (tx, { deps, principal, body }) => createCreditNote(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/credit-notes/:id/void',
    operation: 'creditNotes.void',
    summary: 'Take a credit note back',
    description:
      'As long as nothing of it has been spent, sent back or taken off an invoice that is settled since. A change of a subscription that it came with stays.',
    scope: 'invoices:write',
    params: PathId,
    status: 200,
    response: creditNote,
    write: (tx, { deps, principal, params }) =>
      takeCreditNoteBack(deps, tx, principal.environmentId, params.id),
  }),
]

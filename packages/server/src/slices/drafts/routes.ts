import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import type { Invoice } from '../invoices/index.ts'
import { createInvoice } from './create.ts'
import { deleteDraft } from './delete.ts'
import { finalizeInvoice } from './finalize.ts'
import { CreateInvoice, UpdateInvoice } from './schema.ts'
import { updateInvoice } from './update.ts'

const invoice = named<Invoice>('Invoice')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/invoices',
    operation: 'invoices.create',
    summary: 'Write an invoice by hand',
    description:
      'A draft without a number, which can be changed and deleted until it is finalized; with `autoFinalize` it is issued at once. The exact total is rounded once, and the lines share it out.',
    scope: 'invoices:write',
    body: CreateInvoice,
    status: 201,
    response: invoice,
    write: (tx, { deps, principal, body }) => createInvoice(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/invoices/:id',
    operation: 'invoices.update',
    summary: 'Change a draft',
    description: '`items` replaces all of them. An invoice that has been issued never changes.',
    scope: 'invoices:write',
    params: PathId,
    body: UpdateInvoice,
    status: 200,
    response: invoice,
    write: (tx, { deps, principal, params, body }) =>
      updateInvoice(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/invoices/:id',
    operation: 'invoices.delete',
    summary: 'Delete a draft',
    description: 'An invoice that has been issued is never deleted: void it instead.',
    scope: 'invoices:write',
    params: PathId,
    status: 204,
    write: (tx, { deps, principal, params }) => deleteDraft(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/finalize',
    operation: 'invoices.finalize',
    summary: 'Issue a draft',
    description:
      'It gets its number and dates, keeps the names and addresses of this moment, and is charged to the payment method of its subscription or its customer. Without anything to pay it is PAID at once.',
    scope: 'invoices:write',
    params: PathId,
    status: 200,
    response: invoice,
    write: (tx, { deps, principal, params }) => finalizeInvoice(deps, tx, principal.environmentId, params.id),
  }),
]

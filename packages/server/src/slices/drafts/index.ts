import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'

export const drafts: Slice = {
  name: 'drafts',
  title: 'Draft invoices',
  description: 'Invoices written by hand: they can be changed until they are finalized.',
  routes,
}

export { createInvoice } from './create.ts'
export { finalizeInvoice } from './finalize.ts'

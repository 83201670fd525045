import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'

export const collecting: Slice = {
  name: 'collection',
  title: 'Collection',
  description: 'How an invoice gets paid: by charging for it, or by hand.',
  routes,
}

export { bookConfirmed } from './book.ts'
export { collectEnvironment, collection } from './collect.ts'
export { payInvoice } from './pay.ts'
export { dueOf, lockInvoiceOf, lockPayableInvoice } from './receive.ts'

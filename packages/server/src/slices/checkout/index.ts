import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { CheckoutSession } from './schema.ts'

export const checkout: Slice = {
  name: 'checkout',
  title: 'Checkout',
  description: 'Invoices that a customer pays on the page of a payment provider.',
  routes,
  schemas: [CheckoutSession],
  constraints: { checkout_sessions_open_key: 'busy' },
}

export { checkoutLoop } from './resolve.ts'
export { askAboutSessions } from './sql.ts'

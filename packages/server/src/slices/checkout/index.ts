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

export { type CheckoutSession, StartCheckout } from './schema.ts'
export { beginCheckout, beginCheckoutOf, finishCheckout } from './start.ts'
export { waysToPay } from './candidates.ts'
export { chooseInSandbox } from './sandbox.ts'
export { type SessionRow, newestSession, askSoon } from './sql.ts'
export { checkoutLoop } from './resolve.ts'
export { askAboutSessions } from './sql.ts'

import type { Slice } from '../../http/route.ts'
import { methodRoutes, paymentRoutes } from './routes.ts'
import { Payment, PaymentDispute, PaymentMethod, Refund } from './schema.ts'

export const paymentMethods: Slice = {
  name: 'payment-methods',
  title: 'Payment methods',
  description: 'What a customer pays with.',
  routes: methodRoutes,
  schemas: [PaymentMethod],
  constraints: { payment_methods_default_key: 'busy' },
}

export const payments: Slice = {
  name: 'payments',
  title: 'Payments',
  description: 'Money that came in, and money that went back.',
  routes: paymentRoutes,
  schemas: [Payment, Refund, PaymentDispute],
  constraints: {
    payments_open_key: 'payment_in_progress',
    payments_refunds_check: 'refund_exceeds_payment',
  },
}

export { type Recorded, attempt, inLanes, leaseMs, prepared, recordOf } from './attempts.ts'
export { resolveDueRefunds, resolveRefundsOf } from './due-refunds.ts'
export { collectionLoop, intendPayments, adjustPayments, withdrawPayments } from './intend.ts'
export { intendRefunds, keptOf, mostRefundable } from './intend-refunds.ts'
export { listPayments } from './list.ts'
export { findPaymentMethod, listPaymentMethods, removePaymentMethod, setDefaultMethod } from './methods.ts'
export { disputeLoop } from './dispute-sweep.ts'
export { recordDispute } from './disputes.ts'
export { keepMethod } from './keep-method.ts'
export { givenBackOfInvoices, receivedOfInvoices } from './refunds-sql.ts'
export { refreshMethods, tokenPlace } from './methods-sql.ts'
export { countAttempt } from './metrics.ts'
export { presentPayment } from './present.ts'
export { ListCustomerPayments, ListPayments, type Payment, type PaymentMethod } from './schema.ts'
export { insertReceived, lockPayments, openPayments, paymentsByIds, savePayments } from './sql.ts'

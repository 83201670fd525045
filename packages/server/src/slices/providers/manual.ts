import type { Provider } from './provider.ts'

/**
 * Money that moves outside of any provider: cash, a bank transfer. A payment is recorded when it has been
 * received, and a refund when it has been given back, so nothing is ever asked.
 */
export const manual: Provider = {
  name: 'MANUAL',
  isAvailable: () => true,
  account: null,
  tokenFault: () => 'is not needed for a payment made elsewhere',
  settlingMs: 0,
  charge: async () => ({
    status: 'declined',
    code: 'not_permitted',
    reason: 'A payment made elsewhere cannot be charged.',
  }),
  queryCharge: async () => ({ status: 'not_found' }),
  refund: async (_deps, { reference, amountMinor, currency }) => ({
    status: 'succeeded',
    transactionId: reference,
    amountMinor,
    currency,
  }),
  queryRefund: async () => ({ status: 'not_found' }),
}

import type { Provider } from '../provider.ts'
import { tokenOf } from './api.ts'
import { readNotice, thanks } from './notices.ts'
import { queryOrder, startCheckout } from './order.ts'
import { queryRefund, refund } from './refunds.ts'

/** Pesapal, by its API 3.0: amounts in major units. It keeps no method that we could charge. */
export const pesapal: Provider = {
  name: 'PESAPAL',
  isAvailable: () => true,
  account: {
    fields: [
      { name: 'consumerKey', required: true },
      { name: 'consumerSecret', required: true },
    ],
    urls: { live: 'https://pay.pesapal.com/v3', test: 'https://cybqa.pesapal.com/pesapalv3' },
    currencies: ['KES', 'UGX', 'TZS', 'RWF', 'ZMW', 'MWK', 'USD'],
    countries: null,
    amountFault: () => undefined,
    async probe(deps, account) {
      await tokenOf(deps, account)
      return { success: true, message: 'Pesapal knows the consumerKey and the consumerSecret.' }
    },
    readNotice,
    thanks,
    needsPhone: false,
    startCheckout,
  },
  tokenFault: () => 'cannot be one of Pesapal’s: it keeps nothing that can be charged again',
  settlingMs: 60_000,
  charge: async () => ({
    status: 'declined',
    code: 'not_permitted',
    reason: 'Pesapal charges nothing without the customer. Send a page.',
  }),
  queryCharge: queryOrder,
  refund,
  queryRefund,
}

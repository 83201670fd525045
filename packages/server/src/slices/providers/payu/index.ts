import type { Provider } from '../provider.ts'
import { toUnits } from '../units.ts'
import { readNotice } from './notice.ts'
import { charge, queryRefund, refund, startCheckout } from './payments.ts'
import { decimals, lookUp, queryPayment } from './transaction.ts'

/** PayU in South Africa and its neighbours, by its enterprise API (SOAP): amounts in hundredths. */
export const payu: Provider = {
  name: 'PAYU',
  isAvailable: () => true,
  account: {
    fields: [
      { name: 'soapUsername', required: true },
      { name: 'soapPassword', required: true },
      {
        name: 'safeKey',
        required: true,
        fault: (value) =>
          /^\{[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}\}$/i.test(value)
            ? undefined
            : 'must be a safe key of PayU’s in its braces, such as {CF7FF1CB-8BDB-4EB3-A1E6-1B0C5A4EA9C3}',
      },
    ],
    urls: { live: 'https://secure.payu.co.za', test: 'https://staging.payu.co.za' },
    currencies: ['ZAR', 'NGN', 'KES', 'RWF', 'TZS', 'UGX', 'USD', 'EUR', 'GBP'],
    countries: null,
    amountFault: ({ amountMinor, currency }) =>
      toUnits(amountMinor, currency, decimals) === undefined ? 'PayU takes hundredths at most.' : undefined,
    async probe(deps, account) {
      // Asked about something that cannot be, it tells whether it knows who asks.
      await lookUp(account, { handle: null, reference: `probe_${deps.ids.next()}` })
      return { success: true, message: 'PayU knows the soapUsername, the soapPassword and the safeKey.' }
    },
    readNotice,
    thanks: () => ({ type: 'text/plain', body: 'OK' }),
    needsPhone: false,
    startCheckout,
  },
  tokenFault: (value) => (/^[\w-]{8,100}$/.test(value) ? undefined : 'must be a pmId of PayU’s'),
  settlingMs: 300_000,
  charge,
  queryCharge: (_deps, request) => queryPayment(request),
  refund: (_deps, request) => refund(request),
  queryRefund: (_deps, request) => queryRefund(request),
}

import { XmlError, readXml, textIn } from '../../../xml.ts'
import type { Account, Notice, Provider, Received } from '../provider.ts'
import { call } from './api.ts'
import { charge, startCheckout } from './charge.ts'
import { queryRefund, refund } from './refunds.ts'
import { amountText, queryTransaction } from './transaction.ts'

/** DPO's own host. It has no other for tests: a company token of a test company makes one. */
const url = 'https://secure.3gdirectpay.com'

/** DPO Pay, by its XML API v6: amounts in major units with two digits at most. */
export const dpo: Provider = {
  name: 'DPO',
  isAvailable: () => true,
  account: {
    fields: [
      {
        name: 'companyToken',
        required: true,
        fault: (value) =>
          /^[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}$/i.test(value)
            ? undefined
            : 'must be a company token of DPO’s, such as 9F416C11-127B-4DE2-AC7F-D5710E4C5E0A',
      },
      {
        name: 'serviceType',
        required: true,
        fault: (value) => (/^\d{1,10}$/.test(value) ? undefined : 'must be the number of a service'),
      },
    ],
    urls: { live: url, test: url },
    currencies: null,
    countries: null,
    amountFault: ({ amountMinor, currency }) =>
      amountText(amountMinor, currency) === undefined
        ? 'DPO takes two digits behind the point at most.'
        : undefined,
    async probe(_deps, account) {
      const reply = await call(account, 'getServices', {})
      return reply.result === '000'
        ? { success: true, message: 'DPO knows the companyToken.' }
        : { success: false, message: `DPO: ${reply.message}` }
    },
    readNotice,
    thanks: () => ({ type: 'text/plain', body: 'OK' }),
    needsPhone: false,
    startCheckout,
  },
  tokenFault: (value) => (/^[\w-]{8,100}$/.test(value) ? undefined : 'must be a subscription token of DPO’s'),
  settlingMs: 60_000,
  charge,
  queryCharge: queryTransaction,
  refund: (_deps, request) => refund(request),
  queryRefund: (_deps, request) => queryRefund(request),
}

/**
 * Nothing proves that it is DPO's: it only makes us ask DPO, by the reference in it and not by the token, which a
 * stranger could have put there.
 */
function readNotice(_account: Account, { body }: Received): Notice {
  try {
    const root = readXml(body.toString('utf8'))
    const reference = textIn(root, 'CompanyRef')
    return reference === undefined ? { kind: 'ignored' } : { kind: 'charge', reference, handle: null }
  } catch (error) {
    if (error instanceof XmlError) return { kind: 'refused', reason: error.message }
    throw error
  }
}

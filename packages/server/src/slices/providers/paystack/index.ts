import { type Provider, accountOf } from '../provider.ts'
import { toUnits } from '../units.ts'
import { call, decimals, referenceFor, refused } from './api.ts'
import { listDisputes, queryDispute } from './disputes.ts'
import { readNotice } from './notice.ts'
import { probe, startCheckout } from './page.ts'
import { outcomeOfRefund, refundWith } from './refunds.ts'
import { declined, outcomeOfTransaction } from './transaction.ts'

/** `AUTH_…`, and the e-mail address it was made with where that is not the customer's own. */
const token = /^AUTH_\w{1,100}( \S+@\S+)?$/

export const paystack: Provider = {
  name: 'PAYSTACK',
  isAvailable: () => true,
  account: {
    fields: [
      {
        name: 'secretKey',
        required: true,
        fault: (value, { isTest }) =>
          new RegExp(`^sk_${isTest ? 'test' : 'live'}_\\w{10,100}$`).test(value)
            ? undefined
            : `must be a secret key of Paystack's that starts with sk_${isTest ? 'test' : 'live'}_`,
      },
      { name: 'publicKey', required: false },
    ],
    urls: { live: 'https://api.paystack.co', test: 'https://api.paystack.co' },
    currencies: ['NGN', 'USD', 'GHS', 'ZAR', 'KES', 'XOF'],
    countries: null,
    amountFault: () => undefined,
    probe,
    readNotice,
    queryDispute,
    listDisputes,
    thanks: () => ({ type: 'text/plain', body: '' }),
    needsPhone: false,
    startCheckout,
  },
  tokenFault: (value) =>
    token.test(value) ? undefined : 'must be an authorization code of Paystack’s, such as AUTH_8dfhjjdt',
  settlingMs: 60_000,
  async charge(_deps, request) {
    const [code, email = request.payer.email] = request.token.split(' ')
    if (email === null)
      return { status: 'declined', code: 'token_invalid', reason: 'It needs an e-mail address.' }
    const reply = await call(accountOf(request), 'POST', '/transaction/charge_authorization', {
      authorization_code: code,
      email,
      amount: String(toUnits(request.amountMinor, request.currency, decimals)),
      currency: request.currency,
      reference: referenceFor(request.reference),
    })
    if (reply.ok) return outcomeOfTransaction(reply.data)
    // The first one has arrived: how it ended is asked about.
    if (/duplicate/i.test(reply.message)) return { status: 'unknown' }
    if (/authorization/i.test(reply.message)) return declined(reply.message)
    return refused(reply)
  },
  async queryCharge(_deps, request) {
    const reference = encodeURIComponent(referenceFor(request.reference))
    const reply = await call(accountOf(request), 'GET', `/transaction/verify/${reference}`)
    if (!reply.ok) return /not found/i.test(reply.message) ? { status: 'not_found' } : { status: 'unknown' }
    if (reply.data['reference'] !== referenceFor(request.reference)) return { status: 'unknown' }
    return outcomeOfTransaction(reply.data)
  },
  async refund(_deps, request) {
    const reply = await call(accountOf(request), 'POST', '/refund', {
      transaction: request.chargeTransactionId ?? referenceFor(request.chargeReference),
      amount: String(toUnits(request.amountMinor, request.currency, decimals)),
      currency: request.currency,
      merchant_note: request.reference,
    })
    return reply.ok
      ? outcomeOfRefund(reply.data)
      : { status: 'declined', code: 'processing_error', reason: reply.message }
  },
  async queryRefund(_deps, request) {
    if (request.handle !== null) {
      const reply = await call(accountOf(request), 'GET', `/refund/${encodeURIComponent(request.handle)}`)
      return reply.ok ? outcomeOfRefund(reply.data) : { status: 'unknown' }
    }
    const of = request.chargeTransactionId ?? referenceFor(request.chargeReference)
    const reply = await call(accountOf(request), 'GET', `/refund?transaction=${encodeURIComponent(of)}`)
    return reply.ok ? refundWith(request.reference, reply.list) : { status: 'unknown' }
  },
}

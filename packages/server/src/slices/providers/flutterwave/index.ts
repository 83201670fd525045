import { equalBytes, sha256 } from '../../../secrets.ts'
import { majorNumber } from '../major.ts'
import { type Account, type Notice, type Provider, type Received, accountOf } from '../provider.ts'
import { fieldsOf, misconfigured, objectOf, textOf } from '../web.ts'
import { call } from './api.ts'
import { findRefund, outcomeOfRefund } from './refunds.ts'
import { declined, outcomeOfTransaction } from './transaction.ts'

/** `flw-t1nf-…`, and the e-mail address it was made with where that is not the customer's own. */
const token = /^flw-t\w+-[\w-]{1,100}( \S+@\S+)?$/

/** Flutterwave's own host for its v3 API. */
const url = 'https://api.flutterwave.com/v3'

/** Flutterwave, by its v3 API: amounts in major units. */
export const flutterwave: Provider = {
  name: 'FLUTTERWAVE',
  isAvailable: () => true,
  account: {
    fields: [
      {
        name: 'secretKey',
        required: true,
        fault: (value, { isTest }) =>
          (isTest ? /^FLWSECK_TEST-\w{8,100}/ : /^FLWSECK-\w{8,100}/).test(value)
            ? undefined
            : `must be a secret key of Flutterwave's that starts with ${isTest ? 'FLWSECK_TEST-' : 'FLWSECK-'}`,
      },
      {
        name: 'secretHash',
        required: true,
        fault: (value) =>
          value.length >= 16
            ? undefined
            : 'must have 16 characters at least: it is all that proves a webhook',
      },
      { name: 'publicKey', required: false },
      { name: 'encryptionKey', required: false },
    ],
    urls: { live: url, test: url },
    currencies: 'NGN GHS KES UGX TZS RWF ZMW ZAR XOF XAF EGP USD EUR GBP'.split(' '),
    countries: null,
    amountFault: () => undefined,
    async probe(_deps, account) {
      const reply = await call(account, 'GET', '/balances')
      return reply.ok
        ? { success: true, message: 'Flutterwave knows the secretKey.' }
        : { success: false, message: `Flutterwave: ${reply.message}` }
    },
    readNotice,
    thanks: () => ({ type: 'text/plain', body: '' }),
    needsPhone: false,
    async startCheckout(_deps, request) {
      const { payer, amountMinor, currency } = request
      const reply = await call(accountOf(request), 'POST', '/payments', {
        tx_ref: request.reference,
        amount: majorNumber(amountMinor, currency),
        currency,
        redirect_url: request.successUrl,
        customer: {
          email: payer.email,
          name: payer.name ?? payer.email,
          ...(payer.phone === null ? {} : { phonenumber: payer.phone }),
        },
        customizations: { title: request.description },
      })
      const link = textOf(reply.data['link'])
      return reply.ok && link !== undefined
        ? { status: 'started', url: link, handle: null }
        : misconfigured(`Flutterwave: ${reply.message}`)
    },
  },
  tokenFault: (value) =>
    token.test(value) ? undefined : 'must be a card token of Flutterwave’s, such as flw-t1nf-f9b3bf38-m03k',
  settlingMs: 60_000,
  async charge(_deps, request) {
    const [value, email = request.payer.email] = request.token.split(' ')
    if (email === null)
      return { status: 'declined', code: 'token_invalid', reason: 'It needs an e-mail address.' }
    const { amountMinor, currency, payer } = request
    const reply = await call(accountOf(request), 'POST', '/tokenized-charges', {
      token: value,
      currency,
      ...(payer.country === null ? {} : { country: payer.country }),
      amount: majorNumber(amountMinor, currency),
      email,
      tx_ref: request.reference,
    })
    if (reply.ok) {
      // It did not take our word for it: the bank wants to see the customer.
      if (fieldsOf(reply.meta['authorization'])['mode'] === 'redirect') {
        const reason = 'The bank asks the customer to confirm.'
        return { status: 'declined', code: 'authentication_required', reason }
      }
      return outcomeOfTransaction(reply.data)
    }
    if (/duplicate|already/i.test(reply.message)) return { status: 'unknown' }
    // A decline comes as a 400 too.
    return /currency|merchant|is required|not enabled|validation/i.test(reply.message)
      ? misconfigured(`Flutterwave: ${reply.message}`)
      : declined(reply.message)
  },
  async queryCharge(_deps, request) {
    const reference = encodeURIComponent(request.reference)
    const reply = await call(
      accountOf(request),
      'GET',
      `/transactions/verify_by_reference?tx_ref=${reference}`,
    )
    if (!reply.ok)
      return /no transaction/i.test(reply.message) ? { status: 'not_found' } : { status: 'unknown' }
    if (reply.data['tx_ref'] !== request.reference) return { status: 'unknown' }
    return outcomeOfTransaction(reply.data)
  },
  async refund(_deps, request) {
    const id = request.chargeTransactionId ?? ''
    const reply = await call(accountOf(request), 'POST', `/transactions/${encodeURIComponent(id)}/refund`, {
      amount: majorNumber(request.amountMinor, request.currency),
      comments: request.reference,
    })
    return reply.ok
      ? outcomeOfRefund(reply.data, request.currency)
      : { status: 'declined', code: 'processing_error', reason: reply.message }
  },
  async queryRefund(_deps, request) {
    const { handle, reference, currency } = request
    if (handle !== null) {
      const reply = await call(accountOf(request), 'GET', `/refunds/${encodeURIComponent(handle)}`)
      return reply.ok ? outcomeOfRefund(reply.data, currency) : { status: 'unknown' }
    }
    return findRefund(accountOf(request), {
      reference,
      currency,
      transactionId: request.chargeTransactionId ?? '',
    })
  },
}

/** It carries the secret hash itself, in `verif-hash`: proof of nothing but that the sender knows it. */
function readNotice(account: Account, { body, headers }: Received): Notice {
  const sent = headers['verif-hash']
  if (typeof sent !== 'string') return { kind: 'refused', reason: 'It came without the secretHash.' }
  if (!equalBytes(sha256(sent), sha256(account.credentials['secretHash'] ?? '')))
    return { kind: 'refused', reason: 'It carries another secretHash.' }
  const { event, data } = objectOf(body.toString('utf8'))
  const about = fieldsOf(data)
  if (event === 'charge.completed') {
    const reference = textOf(about['tx_ref'])
    return reference === undefined ? { kind: 'ignored' } : { kind: 'charge', reference, handle: null }
  }
  if (typeof event === 'string' && event.startsWith('refund.'))
    return {
      kind: 'refund',
      reference: textOf(about['comments']) ?? null,
      handle: textOf(about['id']) ?? null,
    }
  return { kind: 'ignored' }
}

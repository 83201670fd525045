import { equalBytes } from '../../../secrets.ts'
import { type Account, type Notice, type Provider, type Received } from '../provider.ts'
import { NotSent, fieldsOf, objectOf, textOf } from '../web.ts'
import { tokenOf } from './api.ts'
import { askAbout, proofOf, prompt } from './prompt.ts'
import { endOfReversal, proofOfReversal, receiptOf, reversalTold, reverse } from './reversal.ts'

const phone = /^\+?254[17]\d{8}$/
const mostMinor = 25_000_000n
const thanks = '{"ResultCode":0,"ResultDesc":"Accepted"}'

const digits = (value: string): string | undefined =>
  /^\d{5,7}$/.test(value) ? undefined : 'must be 5 to 7 digits'

/** Encrypted for M-Pesa alone, by its certificate. */
const sealed = (value: string): string | undefined =>
  /^[A-Za-z0-9+/=]{100,2000}$/.test(value)
    ? undefined
    : 'must be the initiator’s password, encrypted with M-Pesa’s certificate, in base64'

/**
 * M-Pesa in Kenya, by Daraja: a charge is a prompt on the customer's phone, a refund the reversal of a whole one. Whole
 * shillings only.
 */
export const mpesa: Provider = {
  name: 'MPESA',
  isAvailable: () => true,
  account: {
    fields: [
      { name: 'consumerKey', required: true },
      { name: 'consumerSecret', required: true },
      { name: 'shortCode', required: true, fault: digits },
      { name: 'passkey', required: true },
      { name: 'tillNumber', required: false, fault: digits },
      { name: 'initiatorName', required: false },
      { name: 'securityCredential', required: false, fault: sealed },
    ],
    urls: { live: 'https://api.safaricom.co.ke', test: 'https://sandbox.safaricom.co.ke' },
    currencies: ['KES'],
    countries: ['KE'],
    amountFault({ amountMinor }) {
      if (amountMinor % 100n !== 0n) return 'M-Pesa takes whole shillings only.'
      return amountMinor > mostMinor ? 'M-Pesa takes 250,000 shillings at most.' : undefined
    },
    async probe(deps, account) {
      await tokenOf(deps, account)
      return { success: true, message: 'M-Pesa knows the consumerKey and the consumerSecret.' }
    },
    readNotice,
    thanks: () => ({ type: 'application/json', body: thanks }),
    needsPhone: true,
    async startCheckout(deps, request) {
      const number = request.payer.phone ?? ''
      if (!phone.test(number))
        return { status: 'declined', code: 'invalid_instrument', reason: 'The phone is not one of Kenya’s.' }
      const prompted = await prompt(deps, request, number).catch((error: unknown) => {
        if (error instanceof NotSent) throw error
        // It may ring all the same, so nobody else is asked for the money.
        return { status: 'pending', handle: undefined } as const
      })
      if (prompted.status === 'pending')
        return { status: 'started', url: null, handle: prompted.handle ?? null }
      return prompted.status === 'succeeded' ? { status: 'unknown' } : prompted
    },
  },
  tokenFault: (value) => (phone.test(value) ? undefined : 'must be a phone of Kenya’s, such as 254712345678'),
  settlingMs: 60_000,
  charge: (deps, request) => prompt(deps, request, request.token),
  queryCharge: askAbout,
  refund: reverse,
  queryRefund: async (_deps, request) => endOfReversal(request),
}

/** Believed by the proof in its address: to ask M-Pesa itself, and for what it cannot be asked. */
function readNotice(account: Account, { body, query }: Received): Notice {
  const { reference, reversal, proof } = query
  const told = reference ?? reversal
  if (told === undefined || proof === undefined)
    return { kind: 'refused', reason: 'It came to an address without a proof.' }
  const expected = reference === undefined ? proofOfReversal(account, told) : proofOf(account, told)
  if (!equalBytes(Buffer.from(proof), Buffer.from(expected)))
    return { kind: 'refused', reason: 'The proof in its address is wrong.' }
  const answer = objectOf(body.toString('utf8'))
  if (reference === undefined) return { kind: 'refund', reference: told, ...reversalTold(answer, query) }
  const callback = fieldsOf(fieldsOf(answer['Body'])['stkCallback'])
  const receipt = receiptOf(callback)
  return {
    kind: 'charge',
    reference,
    handle: textOf(callback['CheckoutRequestID']) ?? null,
    ...(receipt ? { report: receipt } : {}),
  }
}

import { equalBytes } from '../../../secrets.ts'
import { type Account, type Notice, type Provider, type Received } from '../provider.ts'
import { NotSent, fieldsOf, objectOf, textOf } from '../web.ts'
import { tokenOf } from './api.ts'
import { askAbout, proofOf, prompt } from './prompt.ts'

const phone = /^\+?254[17]\d{8}$/
const mostMinor = 25_000_000n
const thanks = '{"ResultCode":0,"ResultDesc":"Accepted"}'

const digits = (value: string): string | undefined =>
  /^\d{5,7}$/.test(value) ? undefined : 'must be 5 to 7 digits'

/**
 * M-Pesa in Kenya, by Daraja: a charge is a prompt on the customer's phone. Whole shillings only. It gives nothing back
 * by this interface.
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
  refund: async () => ({
    status: 'declined',
    code: 'not_permitted',
    reason: 'M-Pesa gives nothing back by this interface. Give it back in its own portal.',
  }),
  queryRefund: async () => ({ status: 'not_found' }),
}

/** Believed by the proof in its address, and then only to ask M-Pesa itself. */
function readNotice(account: Account, { body, query }: Received): Notice {
  const { reference, proof } = query
  if (reference === undefined || proof === undefined)
    return { kind: 'refused', reason: 'It came to an address without a proof.' }
  if (!equalBytes(Buffer.from(proof), Buffer.from(proofOf(account, reference))))
    return { kind: 'refused', reason: 'The proof in its address is wrong.' }
  const callback = fieldsOf(fieldsOf(objectOf(body.toString('utf8'))['Body'])['stkCallback'])
  return { kind: 'charge', reference, handle: textOf(callback['CheckoutRequestID']) ?? null }
}

import type { Stripe } from 'stripe'
import { type Found, type Provider, type Started, accountOf } from '../provider.ts'
import { calling, clientOf, stripeUnits, underKey } from './client.ts'
import { declined } from './declines.ts'
import { listDisputes, queryDispute } from './disputes.ts'
import { readNotice } from './notice.ts'
import { outcomeOfIntent, outcomeOfRefund, outcomeOfSession } from './outcome.ts'

const token = /^cus_\w{1,100} (pm|card|src)_\w{1,100}$/
const looked = 100
/** Stripe ends a page after 24 hours at the latest. */
const beforeEndSeconds = 120

export const stripe: Provider = {
  name: 'STRIPE',
  isAvailable: () => true,
  account: {
    fields: [
      {
        name: 'secretKey',
        required: true,
        fault: (value, { isTest }) =>
          new RegExp(`^(sk|rk)_${isTest ? 'test' : 'live'}_\\w{8,250}$`).test(value)
            ? undefined
            : `must be a key of Stripe's that starts with sk_${isTest ? 'test' : 'live'}_ or rk_${isTest ? 'test' : 'live'}_`,
      },
      {
        name: 'webhookSecret',
        required: true,
        fault: (value) =>
          /^whsec_\S{16,200}$/.test(value)
            ? undefined
            : 'must be the signing secret of the webhook endpoint, which starts with whsec_',
      },
      { name: 'publishableKey', required: false },
    ],
    urls: { live: 'https://api.stripe.com', test: 'https://api.stripe.com' },
    currencies: null,
    countries: null,
    amountFault: ({ amountMinor, currency }) =>
      stripeUnits(amountMinor, currency) === undefined
        ? `Stripe has no unit as small as this amount in ${currency}.`
        : undefined,
    async probe(_deps, account) {
      const client = await clientOf(account)
      await calling(
        () => client.balance.retrieve(),
        () => undefined,
      )
      return { success: true, message: 'Stripe knows the secretKey.' }
    },
    readNotice,
    queryDispute,
    listDisputes,
    thanks: () => ({ type: 'application/json', body: '{"received":true}' }),
    needsPhone: false,
    async startCheckout(_deps, request): Promise<Started> {
      const { amountMinor, currency, reference, payer } = request
      const client = await clientOf(accountOf(request))
      const ends = request.expiresAt.subtract({ seconds: beforeEndSeconds }).epochMilliseconds
      const page = await calling<Stripe.Checkout.Session>(
        () =>
          client.checkout.sessions.create(
            {
              mode: 'payment',
              line_items: [
                {
                  quantity: 1,
                  price_data: {
                    currency: currency.toLowerCase(),
                    unit_amount: Number(stripeUnits(amountMinor, currency)),
                    product_data: { name: request.description },
                  },
                },
              ],
              success_url: request.successUrl,
              cancel_url: request.cancelUrl,
              client_reference_id: reference,
              customer_creation: 'always',
              ...(payer.email === null ? {} : { customer_email: payer.email }),
              expires_at: Math.floor(ends / 1000),
              metadata: { reference },
              payment_intent_data: {
                metadata: { reference },
                ...(request.keepMethod ? { setup_future_usage: 'off_session' } : {}),
              },
            },
            { idempotencyKey: reference },
          ),
        () => undefined,
      )
      return page.url === null ? { status: 'unknown' } : { status: 'started', url: page.url, handle: page.id }
    },
  },
  tokenFault: (value) =>
    token.test(value) ? undefined : 'must be a customer and a method of Stripe’s, such as cus_9s6 pm_1MqL',
  settlingMs: 60_000,
  async charge(_deps, request) {
    const [customer = '', method = ''] = request.token.split(' ')
    const { amountMinor, currency, reference } = request
    const client = await clientOf(accountOf(request))
    return calling(
      async () =>
        outcomeOfIntent(
          await underKey(reference, repeatOf(request), (idempotencyKey) =>
            client.paymentIntents.create(
              {
                amount: Number(stripeUnits(amountMinor, currency)),
                currency: currency.toLowerCase(),
                customer,
                payment_method: method,
                off_session: true,
                confirm: true,
                metadata: { reference },
              },
              { idempotencyKey },
            ),
          ),
        ),
      (refused) =>
        refused.type === 'StripeCardError' || refused.code === 'resource_missing'
          ? declined(refused)
          : undefined,
    )
  },
  async queryCharge(_deps, request): Promise<Found> {
    const { handle, reference } = request
    const client = await clientOf(accountOf(request))
    const unknown = (): Found => ({ status: 'unknown' })
    if (handle?.startsWith('cs_')) {
      return calling<Found>(async () => {
        const session = await client.checkout.sessions.retrieve(handle, {
          expand: ['payment_intent.payment_method'],
        })
        return session.client_reference_id === reference ? outcomeOfSession(session) : unknown()
      }, unknown)
    }
    if (handle !== null)
      return calling<Found>(async () => {
        const intent = await client.paymentIntents.retrieve(handle)
        return intent.metadata['reference'] === reference ? outcomeOfIntent(intent) : unknown()
      }, unknown)
    const customer = request.token?.split(' ')[0]
    // A page that gave no handle was never shown.
    if (customer === undefined) return { status: 'unknown' }
    return calling<Found>(async () => {
      const { data: intents } = await client.paymentIntents.list({ customer, limit: looked })
      const intent = intents.find(({ metadata }) => metadata['reference'] === reference)
      return intent ? outcomeOfIntent(intent) : { status: 'not_found' }
    }, unknown)
  },
  async refund(_deps, request) {
    const { amountMinor, currency, reference, chargeTransactionId } = request
    const client = await clientOf(accountOf(request))
    return calling(
      async () =>
        outcomeOfRefund(
          await underKey(reference, repeatOf(request), (idempotencyKey) =>
            client.refunds.create(
              {
                payment_intent: chargeTransactionId ?? '',
                amount: Number(stripeUnits(amountMinor, currency)),
                metadata: { reference },
              },
              { idempotencyKey },
            ),
          ),
        ),
      (refused) =>
        refused.type === 'StripeInvalidRequestError'
          ? { status: 'declined', code: 'processing_error', reason: refused.message }
          : undefined,
    )
  },
  async queryRefund(_deps, request): Promise<Found> {
    const { handle, reference, chargeTransactionId } = request
    const client = await clientOf(accountOf(request))
    const unknown = (): Found => ({ status: 'unknown' })
    if (handle !== null)
      return calling<Found>(async () => outcomeOfRefund(await client.refunds.retrieve(handle)), unknown)
    return calling<Found>(async () => {
      const payment_intent = chargeTransactionId ?? ''
      const { data: refunds } = await client.refunds.list({ payment_intent, limit: looked })
      const refund = refunds.find(({ metadata }) => metadata?.['reference'] === reference)
      return refund ? outcomeOfRefund(refund) : { status: 'not_found' }
    }, unknown)
  },
}

/** Tells the times apart at which the same is sent. */
function repeatOf({ calledAt }: { readonly calledAt: Temporal.Instant | null }): string {
  return String(calledAt?.epochMilliseconds ?? 0)
}

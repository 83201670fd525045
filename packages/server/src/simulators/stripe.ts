import { createHmac } from 'node:crypto'
import {
  type Ask,
  type Reply,
  type Simulated,
  type World,
  headerOf,
  jsonReply,
  type DisputeState,
} from './world.ts'

type Intent = {
  id: string
  object: 'payment_intent'
  amount: number
  amount_received: number
  currency: string
  customer: string
  payment_method: string
  setup_future_usage: string | null
  status: string
  last_payment_error: object | null
  metadata: Record<string, string>
}
type Session = {
  id: string
  object: 'checkout.session'
  url: string
  status: string
  payment_status: string
  amount_total: number
  currency: string
  client_reference_id: string
  payment_intent: string | null
  metadata: Record<string, string>
}
type Refund = {
  id: string
  object: 'refund'
  amount: number
  currency: string
  payment_intent: string
  status: string
  metadata: Record<string, string>
}

/** Methods that need no page first: what charging them comes to. */
const knownMethods: Readonly<Record<string, string>> = {
  pm_simsucceeds: 'succeed',
  pm_siminsufficient: 'insufficient_funds',
  pm_simexpired: 'expired_card',
  pm_simpending: 'pending',
}

export const stripe: Simulated = { name: 'STRIPE', prefix: '/v1', address: '', answer, dispute }

function answer(world: World, ask: Ask): Reply {
  const key = /^Bearer ((?:sk|rk)_test_\w{8,})$/.exec(headerOf(ask, 'authorization'))?.[1]
  if (key === undefined || key.includes('invalid'))
    return failure(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_***' })
  const isForm = headerOf(ask, 'content-type').startsWith('application/x-www-form-urlencoded')
  if (ask.method === 'POST' && !isForm)
    return failure(400, { type: 'invalid_request_error', message: 'The body must be a form' })
  const form = new URLSearchParams(ask.body)
  const repeat = headerOf(ask, 'idempotency-key')
  const kept = world.store<{ body: string; reply: Reply }>('stripe.keys')
  const earlier = repeat === '' ? undefined : kept.get(`${key} ${repeat}`)
  if (earlier?.body === ask.body) return { ...earlier.reply, headers: { 'idempotent-replayed': 'true' } }
  if (earlier) {
    const message = 'Keys for idempotent requests can only be used with the same parameters'
    return failure(400, { type: 'idempotency_error', message })
  }
  // A failure of its own is kept, too.
  const isBroken = ask.method === 'POST' && world.takeFault('STRIPE', ask.path, ['stored_error'])
  const reply = isBroken
    ? failure(500, { type: 'api_error', message: 'An error occurred' })
    : route(world, key, ask, form)
  if (repeat !== '' && ask.method === 'POST') kept.set(`${key} ${repeat}`, { body: ask.body, reply })
  return reply
}

function route(world: World, key: string, ask: Ask, form: URLSearchParams): Reply {
  const [, first = '', second = '', third = ''] = ask.path.split('/')
  switch (`${ask.method} ${first === 'checkout' ? `${first}/${second}` : first}`) {
    case 'GET balance':
      return jsonReply(200, { object: 'balance', available: [], pending: [], livemode: false })
    case 'POST payment_intents':
      return charge(world, key, form)
    case 'GET payment_intents': {
      if (second === '') {
        const customer = ask.query.get('customer')
        return list([...intents(world).values()].filter((one) => one.customer === customer).toReversed())
      }
      return found(intents(world).get(second))
    }
    case 'POST checkout/sessions':
      return page(world, key, form)
    case 'GET checkout/sessions': {
      const session = sessions(world).get(third)
      const intent = intents(world).get(session?.payment_intent ?? '')
      return found(
        session && {
          ...session,
          payment_intent: intent ? { ...intent, payment_method: methodOf(intent.payment_method) } : null,
        },
      )
    }
    case 'GET disputes':
      return second === '' ? disputesOf(world, key, ask.query) : found(disputes(world).get(second))
    case 'POST refunds':
      return refund(world, key, form)
    case 'GET refunds': {
      if (second === '') {
        const of = ask.query.get('payment_intent')
        return list([...refunds(world).values()].filter((one) => one.payment_intent === of))
      }
      return found(refunds(world).get(second))
    }
    default:
      return failure(404, { type: 'invalid_request_error', message: 'Unrecognized request URL' })
  }
}

const intents = (world: World) => world.store<Intent>('stripe.intents')
/** Whose key an intent was paid with. */
const merchants = (world: World) => world.store<string>('stripe.merchants')
const sessions = (world: World) => world.store<Session>('stripe.sessions')
const refunds = (world: World) => world.store<Refund>('stripe.refunds')
const methods = (world: World) => world.store<string>('stripe.methods')

function charge(world: World, key: string, form: URLSearchParams): Reply {
  const method = form.get('payment_method') ?? ''
  const customer = form.get('customer') ?? ''
  const choice = Object.hasOwn(knownMethods, method)
    ? knownMethods[method]
    : methods(world).get(`${customer} ${method}`)
  if (choice === undefined)
    return failure(400, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No such PaymentMethod: '${method}'`,
    })
  const intent = newIntent(world, {
    amount: Number(form.get('amount')),
    currency: form.get('currency') ?? '',
    customer,
    method,
    metadata: metadataOf(form, 'metadata'),
    later: null,
  })
  if (!intent) return failure(400, { type: 'invalid_request_error', message: 'Invalid integer: amount' })
  return conclude(world, key, intent, choice)
}

function newIntent(
  world: World,
  made: {
    amount: number
    currency: string
    customer: string
    method: string
    metadata: Record<string, string>
    later: string | null
  },
): Intent | undefined {
  if (!Number.isInteger(made.amount) || made.amount <= 0 || !/^[a-z]{3}$/.test(made.currency))
    return undefined
  const intent: Intent = {
    id: `pi_sim${world.next()}`,
    object: 'payment_intent',
    amount: made.amount,
    amount_received: 0,
    currency: made.currency,
    customer: made.customer,
    payment_method: made.method,
    setup_future_usage: made.later,
    status: 'requires_confirmation',
    last_payment_error: null,
    metadata: made.metadata,
  }
  intents(world).set(intent.id, intent)
  return intent
}

function conclude(world: World, key: string, intent: Intent, choice: string): Reply {
  if (choice === 'pending') {
    intent.status = 'processing'
    return jsonReply(200, intent)
  }
  if (choice === 'succeed') {
    intent.status = 'succeeded'
    merchants(world).set(intent.id, key)
    intent.amount_received = intent.amount + (world.takeFault('STRIPE', '', ['other_amount']) ? 100 : 0)
    if (world.takeFault('STRIPE', '', ['other_currency'])) intent.currency = 'usd'
    world.movements.push({
      provider: 'STRIPE',
      kind: 'charge',
      reference: intent.metadata['reference'] ?? '',
      units: String(intent.amount_received),
      currency: intent.currency.toUpperCase(),
    })
    if (world.takeFault('STRIPE', '', ['other_reference'])) intent.metadata['reference'] = 'of-somebody-else'
    tell(world, key, 'payment_intent.succeeded', intent)
    return jsonReply(200, intent)
  }
  const code = choice === 'expired_card' ? 'expired_card' : 'card_declined'
  const decline = choice === 'insufficient_funds' ? choice : 'generic_decline'
  const error = { type: 'card_error', code, decline_code: decline, message: 'Your card was declined.' }
  intent.status = 'requires_payment_method'
  intent.last_payment_error = error
  tell(world, key, 'payment_intent.payment_failed', intent)
  return failure(402, { ...error, payment_intent: intent })
}

function page(world: World, key: string, form: URLSearchParams): Reply {
  const currency = form.get('line_items[0][price_data][currency]') ?? ''
  const amount = Number(form.get('line_items[0][price_data][unit_amount]'))
  const back = form.get('success_url') ?? ''
  if (form.get('mode') !== 'payment' || !Number.isInteger(amount) || amount <= 0 || back === '')
    return failure(400, { type: 'invalid_request_error', message: 'Missing required param' })
  const session: Session = {
    id: `cs_test_sim${world.next()}`,
    object: 'checkout.session',
    url: '',
    status: 'open',
    payment_status: 'unpaid',
    amount_total: amount,
    currency,
    client_reference_id: form.get('client_reference_id') ?? '',
    payment_intent: null,
    metadata: metadataOf(form, 'metadata'),
  }
  session.url = world.addPage({
    title: 'Stripe',
    amount: `${amount} ${currency}`,
    choose(choice) {
      if (choice === 'cancel') return form.get('cancel_url') ?? back
      const customer = `cus_sim${world.next()}`
      const method = `pm_sim${world.next()}`
      const intent = newIntent(world, {
        amount,
        currency,
        customer,
        method,
        metadata: metadataOf(form, 'payment_intent_data[metadata]'),
        later: form.get('payment_intent_data[setup_future_usage]'),
      })
      // A card that is declined may be followed by another on the same page.
      if (!intent || session.status !== 'open' || conclude(world, key, intent, choice).status !== 200)
        return session.url
      methods(world).set(`${customer} ${method}`, 'succeed')
      session.payment_intent = intent.id
      session.amount_total = intent.amount_received
      session.currency = intent.currency
      session.client_reference_id = intent.metadata['reference'] ?? ''
      session.status = 'complete'
      session.payment_status = 'paid'
      tell(world, key, 'checkout.session.completed', session)
      return back
    },
  })
  sessions(world).set(session.id, session)
  return jsonReply(200, session)
}

function refund(world: World, key: string, form: URLSearchParams): Reply {
  const intent = intents(world).get(form.get('payment_intent') ?? '')
  if (!intent || intent.status !== 'succeeded')
    return failure(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: 'No such payment_intent',
    })
  const back = [...refunds(world).values()].filter((one) => one.payment_intent === intent.id)
  const left = intent.amount_received - back.reduce((sum, one) => sum + one.amount, 0)
  const amount = form.has('amount') ? Number(form.get('amount')) : left
  if (amount > left || amount <= 0)
    return failure(400, {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: 'Refund amount is greater than unrefunded amount on charge',
    })
  const made: Refund = {
    id: `re_sim${world.next()}`,
    object: 'refund',
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    status: 'succeeded',
    metadata: metadataOf(form, 'metadata'),
  }
  refunds(world).set(made.id, made)
  world.movements.push({
    provider: 'STRIPE',
    kind: 'refund',
    reference: made.metadata['reference'] ?? '',
    units: String(amount),
    currency: intent.currency.toUpperCase(),
  })
  tell(world, key, 'refund.created', made)
  return jsonReply(200, made)
}

type Disputed = { readonly id: string; readonly payment_intent: string; readonly created: number }
const disputes = (world: World) => world.store<Disputed>('stripe.disputes')

/** The newest first. */
function disputesOf(world: World, key: string, query: URLSearchParams): Reply {
  const own = [...disputes(world).values()]
    .filter((one) => merchants(world).get(one.payment_intent) === key)
    .filter(({ created }) => created >= Number(query.get('created[gte]')))
    .toReversed()
  const after = own.findIndex(({ id }) => id === query.get('starting_after')) + 1
  const limit = Number(query.get('limit') ?? 10)
  return jsonReply(200, {
    object: 'list',
    data: own.slice(after, after + limit),
    has_more: own.length > after + limit,
    url: '/v1/disputes',
  })
}

/** Of what was paid with this reference. */
function dispute(world: World, reference: string, state: DisputeState): void {
  const of = [...intents(world).values()].find(({ metadata }) => metadata['reference'] === reference)
  if (!of) return
  const isOpen = state === 'open'
  const made = {
    id: `dp_${of.id}`,
    object: 'dispute',
    amount: of.amount,
    currency: of.currency,
    payment_intent: of.id,
    reason: 'fraudulent',
    status: isOpen ? 'needs_response' : state,
    created: disputes(world).get(`dp_${of.id}`)?.created ?? Math.floor(world.clock.nowMs() / 1000),
  }
  disputes(world).set(made.id, made)
  const key = merchants(world).get(of.id) ?? ''
  tell(world, key, `charge.dispute.${isOpen ? 'created' : 'closed'}`, made)
}

/** The merchant's address is known by its key, and the signing secret is set at the same place: `secret|address`. */
function tell(world: World, key: string, type: string, about: object): void {
  const [secret = '', url] = world.addresses.get(`STRIPE ${key}`)?.split(/\|(.*)/s) ?? []
  if (url === undefined) return
  const at = Math.floor(world.clock.nowMs() / 1000)
  const body = JSON.stringify({
    id: `evt_sim${world.next()}`,
    object: 'event',
    type,
    created: at,
    livemode: false,
    data: { object: about },
  })
  world.tell({
    provider: 'STRIPE',
    url,
    type: 'application/json',
    body,
    signed: ({ wrongly }) => ({
      'stripe-signature': `t=${at},v1=${createHmac('sha256', wrongly ? 'another' : secret)
        .update(`${at}.${body}`)
        .digest('hex')}`,
    }),
  })
}

function methodOf(id: string): object {
  const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2030 }
  return { id, object: 'payment_method', type: 'card', card }
}

function metadataOf(form: URLSearchParams, name: string): Record<string, string> {
  const value = form.get(`${name}[reference]`)
  return value === null ? {} : { reference: value }
}

function list(all: readonly object[]): Reply {
  return jsonReply(200, { object: 'list', data: all, has_more: false, url: '/v1' })
}

function found(one: object | undefined): Reply {
  return one
    ? jsonReply(200, one)
    : failure(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such object' })
}

function failure(status: number, error: object): Reply {
  return jsonReply(status, { error })
}

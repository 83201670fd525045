import {
  type Ask,
  type Choice,
  type Reply,
  type Simulated,
  type World,
  headerOf,
  jsonBody,
  jsonReply,
  textField,
} from './world.ts'

type Order = {
  trackingId: string
  reference: string
  amount: number
  currency: string
  email: string
  noticeUrl: string
  state: 'open' | 'completed' | 'failed' | 'reversed'
  words: string
  confirmation: string
  refund: string | undefined
}

/** A token is taken for so long. */
const tokenMs = 5 * 60_000

export const pesapal: Simulated = {
  name: 'PESAPAL',
  prefix: '/pesapalv3',
  address: '/pesapalv3',
  answer,
}

const orders = (world: World) => world.store<Order>('pesapal.orders')
const addresses = (world: World) => world.store<{ url: string; key: string }>('pesapal.addresses')

function answer(world: World, ask: Ask): Reply {
  if (headerOf(ask, 'content-type') !== 'application/json')
    return refuse('invalid_content_type', 'The content must be JSON')
  if (ask.path === '/api/Auth/RequestToken') return giveToken(world, jsonBody(ask))
  const tokens = world.store<{ key: string; untilMs: number }>('pesapal.tokens')
  const token = tokens.get(headerOf(ask, 'authorization').replace(/^Bearer /, ''))
  if (!token || token.untilMs < world.clock.nowMs())
    return jsonReply(401, { status: '401', message: 'Unauthorized' })
  const { key } = token
  const trackingId = ask.query.get('orderTrackingId') ?? ''
  switch (`${ask.method} ${ask.path}`) {
    case 'GET /api/URLSetup/GetIpnList':
      return jsonReply(
        200,
        [...addresses(world)]
          .filter(([, one]) => one.key === key)
          .map(([id, { url }]) => ({ url, ipn_id: id })),
      )
    case 'POST /api/URLSetup/RegisterIPN':
      return register(world, key, jsonBody(ask))
    case 'POST /api/Transactions/SubmitOrderRequest':
      return submit(world, jsonBody(ask))
    case 'GET /api/Transactions/GetTransactionStatus':
      return status(orders(world).get(trackingId))
    case 'POST /api/Transactions/RefundRequest':
      return giveBack(world, jsonBody(ask))
    default:
      return { status: 404, body: '' }
  }
}

/** That it does not know somebody is said with HTTP 200. */
function giveToken(world: World, body: Readonly<Record<string, unknown>>): Reply {
  const key = textField(body, 'consumer_key')
  const known = [key, textField(body, 'consumer_secret')].every((value) => /^sim\w{6,}$/.test(value))
  if (!known || key.includes('invalid')) return refuse('invalid_consumer_key_or_secret_provided', '')
  const token = `pesapaltoken${world.next()}`
  const tokens = world.store<{ key: string; untilMs: number }>('pesapal.tokens')
  const untilMs = world.clock.nowMs() + tokenMs
  tokens.set(token, { key, untilMs })
  const expiryDate = new Date(untilMs).toISOString()
  return jsonReply(200, {
    token,
    expiryDate,
    error: null,
    status: '200',
    message: 'Request processed successfully',
  })
}

function register(world: World, key: string, body: Readonly<Record<string, unknown>>): Reply {
  const url = textField(body, 'url')
  if (!/^https?:\/\//.test(url) || textField(body, 'ipn_notification_type') !== 'POST')
    return refuse('invalid_ipn', 'url and ipn_notification_type are required')
  const id = `ipn-${world.next()}`
  addresses(world).set(id, { url, key })
  return jsonReply(200, { url, ipn_id: id, error: null, status: '200' })
}

function submit(world: World, body: Readonly<Record<string, unknown>>): Reply {
  const reference = textField(body, 'id')
  const { amount, currency, billing_address: billing } = body
  const address = addresses(world).get(textField(body, 'notification_id'))
  if (!/^[\w\-.:]{1,50}$/.test(reference)) return refuse('invalid_id', 'id is required')
  if ([...orders(world).values()].some((one) => one.reference === reference))
    return refuse('duplicate_order_id', 'The id was used before')
  if (typeof amount !== 'number' || amount <= 0) return refuse('invalid_amount', 'amount is required')
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    return refuse('invalid_currency', 'currency is required')
  if (!address) return refuse('invalid_notification_id', 'notification_id is required')
  const email: unknown =
    typeof billing === 'object' && billing !== null ? Reflect.get(billing, 'email_address') : ''
  if (typeof email !== 'string' || !email.includes('@'))
    return refuse('invalid_billing_address', 'email_address or phone_number is required')
  const made: Order = {
    trackingId: `sim-order-${world.next()}`,
    reference,
    amount,
    currency,
    email,
    noticeUrl: address.url,
    state: 'open',
    words: '',
    confirmation: `CONF${world.next()}`,
    refund: undefined,
  }
  orders(world).set(made.trackingId, made)
  const [back, cancelled] = [textField(body, 'callback_url'), textField(body, 'cancellation_url')]
  const url = world.addPage({
    title: 'Pesapal',
    amount: `${amount} ${currency}`,
    choose(choice) {
      pay(world, made, choice)
      const told = `OrderTrackingId=${made.trackingId}&OrderMerchantReference=${reference}`
      return `${choice === 'cancel' ? cancelled : back}?OrderNotificationType=CALLBACKURL&${told}`
    },
  })
  return jsonReply(200, {
    order_tracking_id: made.trackingId,
    merchant_reference: reference,
    redirect_url: url,
    error: null,
    status: '200',
  })
}

function pay(world: World, order: Order, choice: Choice): void {
  if (choice === 'cancel' || order.state === 'completed' || order.state === 'reversed') return
  order.state = choice === 'succeed' ? 'completed' : 'failed'
  order.words = choice === 'insufficient_funds' ? 'Insufficient Funds' : 'Declined'
  if (order.state === 'completed') {
    if (world.takeFault('PESAPAL', '', ['other_amount'])) order.amount += 1
    if (world.takeFault('PESAPAL', '', ['other_currency'])) order.currency = 'USD'
    const { reference, amount, currency } = order
    world.movements.push({ provider: 'PESAPAL', kind: 'charge', reference, units: String(amount), currency })
    if (world.takeFault('PESAPAL', '', ['other_reference'])) order.reference = 'of-somebody-else'
  }
  tell(world, order)
}

/** It tells that something has changed, not what. */
function tell(world: World, { noticeUrl, trackingId, reference }: Order): void {
  world.tell({
    provider: 'PESAPAL',
    url: noticeUrl,
    type: 'application/json',
    body: JSON.stringify({
      OrderNotificationType: 'IPNCHANGE',
      OrderTrackingId: trackingId,
      OrderMerchantReference: reference,
    }),
    signed: ({ wrongly }): Record<string, string> => (wrongly ? { 'x-forged': 'yes' } : {}),
  })
}

function status(order: Order | undefined): Reply {
  if (!order) return refuse('order_not_found', 'There is no such order')
  const { amount, currency, reference: merchant_reference, confirmation, state } = order
  const code = { open: 0, completed: 1, failed: 2, reversed: 3 }[state]
  const isOpen = state === 'open'
  return jsonReply(200, {
    payment_method: isOpen ? '' : 'Visa',
    amount,
    currency,
    merchant_reference,
    confirmation_code: isOpen ? '' : confirmation,
    payment_status_description: ['INVALID', 'COMPLETED', 'FAILED', 'REVERSED'][code],
    description: state === 'failed' ? order.words : null,
    message: 'Request processed successfully',
    status_code: code,
    error: isOpen
      ? { error_type: 'api_error', code: 'payment_details_not_found', message: 'Pending Payment' }
      : { error_type: null, code: null, message: null },
    status: isOpen ? '500' : '200',
  })
}

/** Approved at once, but for an amount that ends in .03: that one waits for ever. */
function giveBack(world: World, body: Readonly<Record<string, unknown>>): Reply {
  const order = [...orders(world).values()].find((one) => one.confirmation === body['confirmation_code'])
  if (!order || order.state !== 'completed')
    return jsonReply(200, { status: '500', message: 'Refund rejected' })
  if (order.refund !== undefined)
    return jsonReply(200, { status: '500', message: 'A refund request exists for this payment' })
  const units = textField(body, 'amount')
  if (units !== String(order.amount)) return jsonReply(200, { status: '500', message: 'Full refunds only' })
  if (textField(body, 'username') === '')
    return jsonReply(200, { status: '500', message: 'username is required' })
  order.refund = textField(body, 'remarks')
  if (!units.endsWith('.03')) {
    order.state = 'reversed'
    const { refund: reference, currency } = order
    world.movements.push({ provider: 'PESAPAL', kind: 'refund', reference, units, currency })
    tell(world, order)
  }
  return jsonReply(200, { status: '200', message: 'Refund request successfully' })
}

function refuse(code: string, message: string): Reply {
  return jsonReply(200, { error: { error_type: 'api_error', code, message }, status: '500' })
}

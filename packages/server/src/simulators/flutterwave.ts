import {
  type Ask,
  type Reply,
  type Simulated,
  type World,
  headerOf,
  jsonBody,
  jsonReply,
  textField,
} from './world.ts'

type Transaction = {
  id: number
  tx_ref: string
  amount: number
  currency: string
  email: string
  status: string
  processor_response: string
  token: string | undefined
  key: string
}
type Refund = { id: number; tx_id: number; amount_refunded: number; status: string; comments: string }

/** Of a list. */
const perPage = 10

/** Tokens that need no page first: what charging them comes to. */
const knownTokens: Readonly<Record<string, string>> = {
  'flw-t1nf-simsucceeds-m03k': 'succeed',
  'flw-t1nf-siminsufficient-m03k': 'insufficient_funds',
  'flw-t1nf-simexpired-m03k': 'expired',
  'flw-t1nf-simpending-m03k': 'pending',
}
const answers: Readonly<Record<string, readonly [status: string, response: string]>> = {
  succeed: ['successful', 'Approved'],
  insufficient_funds: ['failed', 'Insufficient Funds'],
  declined: ['failed', 'Do Not Honour'],
  expired: ['failed', 'Expired Card'],
  pending: ['pending', 'Pending'],
  cancel: ['cancelled', 'Transaction cancelled'],
}

export const flutterwave: Simulated = {
  name: 'FLUTTERWAVE',
  prefix: '/flutterwave/v3',
  address: '/flutterwave/v3',
  answer,
}

function answer(world: World, ask: Ask): Reply {
  const key = /^Bearer (FLWSECK_TEST-\w{8,})$/.exec(headerOf(ask, 'authorization'))?.[1]
  if (key === undefined || key.includes('invalid'))
    return jsonReply(401, { status: 'error', message: 'Invalid authorization key', data: null })
  if (ask.method === 'POST' && !headerOf(ask, 'content-type').startsWith('application/json'))
    return refuse(400, 'The body must be JSON')
  const [, first = '', second = '', third = ''] = ask.path.split('/')
  switch (`${ask.method} /${first}`) {
    case 'GET /balances':
      return ok('Wallet balances fetched', [{ currency: 'NGN', available_balance: 0 }])
    case 'POST /payments':
      return pay(world, key, jsonBody(ask))
    case 'POST /tokenized-charges':
      return charge(world, key, jsonBody(ask))
    case 'GET /transactions': {
      const found = transactions(world).get(ask.query.get('tx_ref') ?? '')
      return second === 'verify_by_reference' && found
        ? ok('Transaction fetched successfully', shown(found, true))
        : refuse(400, 'No transaction was found for this id')
    }
    case 'POST /transactions':
      return third === 'refund' ? refund(world, second, jsonBody(ask)) : refuse(404, 'Not found')
    case 'GET /refunds': {
      const all = [...refunds(world).values()]
      if (second === '') return page(all, Number(ask.query.get('page') ?? 1))
      const found = refunds(world).get(second)
      return found ? ok('Refund fetched', found) : refuse(404, 'Refund not found')
    }
    default:
      return refuse(404, 'Not found')
  }
}

const transactions = (world: World) => world.store<Transaction>('flutterwave.transactions')
const tokens = (world: World) => world.store<{ email: string }>('flutterwave.tokens')
const refunds = (world: World) => world.store<Refund>('flutterwave.refunds')

function begin(
  body: Readonly<Record<string, unknown>>,
  email: unknown,
): Omit<Transaction, 'id' | 'key'> | Reply {
  const { amount, currency, tx_ref: reference } = body
  if (typeof amount !== 'number' || amount <= 0) return refuse(400, 'amount is required')
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return refuse(400, 'currency is required')
  if (typeof reference !== 'string' || reference === '') return refuse(400, 'tx_ref is required')
  if (typeof email !== 'string' || !email.includes('@')) return refuse(400, 'email is required')
  return {
    tx_ref: reference,
    amount,
    currency,
    email,
    status: 'pending',
    processor_response: 'Pending',
    token: undefined,
  }
}

/** The page makes a transaction only once somebody pays there. */
function pay(world: World, key: string, body: Readonly<Record<string, unknown>>): Reply {
  const customer = body['customer']
  const email: unknown =
    typeof customer === 'object' && customer !== null ? Reflect.get(customer, 'email') : undefined
  const begun = begin(body, email)
  if ('body' in begun) return begun
  const back = textField(body, 'redirect_url')
  const link = world.addPage({
    title: 'Flutterwave',
    amount: `${begun.amount} ${begun.currency}`,
    choose(choice) {
      const token = `flw-t1nf-sim${world.next()}-m03k`
      tokens(world).set(token, { email: begun.email })
      const made = { ...begun, id: 280_000_000 + world.next(), key, token }
      if (transactions(world).get(begun.tx_ref)?.status !== 'successful')
        transactions(world).set(begun.tx_ref, made)
      conclude(world, made, choice)
      return `${back}?status=${made.status}&tx_ref=${made.tx_ref}&transaction_id=${made.id}`
    },
  })
  return ok('Hosted Link', { link })
}

function charge(world: World, key: string, body: Readonly<Record<string, unknown>>): Reply {
  const token = textField(body, 'token')
  const known = Object.hasOwn(knownTokens, token) ? knownTokens[token] : undefined
  const kept = tokens(world).get(token)
  if (known === undefined && (!kept || kept.email !== body['email']))
    return refuse(400, 'Wrong token or email passed')
  const begun = begin(body, body['email'])
  if ('body' in begun) return begun
  if (transactions(world).has(begun.tx_ref))
    return refuse(400, 'Duplicate tx_ref: a transaction has it already')
  const made: Transaction = { ...begun, id: 280_000_000 + world.next(), key, token }
  transactions(world).set(made.tx_ref, made)
  conclude(world, made, known ?? 'succeed')
  return ok('Charge successful', shown(made, true))
}

function conclude(world: World, transaction: Transaction, choice: string): void {
  const [status, response] = answers[choice] ?? ['failed', 'Do Not Honour']
  transaction.status = status
  transaction.processor_response = response
  if (status === 'successful') {
    if (world.takeFault('FLUTTERWAVE', '', ['other_amount'])) transaction.amount += 1
    if (world.takeFault('FLUTTERWAVE', '', ['other_currency'])) transaction.currency = 'USD'
    const { tx_ref: reference, amount, currency } = transaction
    world.movements.push({
      provider: 'FLUTTERWAVE',
      kind: 'charge',
      reference,
      units: String(amount),
      currency,
    })
    if (world.takeFault('FLUTTERWAVE', '', ['other_reference'])) transaction.tx_ref = 'of-somebody-else'
  }
  if (status !== 'pending') tell(world, transaction.key, 'charge.completed', shown(transaction, false))
}

function refund(world: World, id: string, body: Readonly<Record<string, unknown>>): Reply {
  const of = [...transactions(world).values()].find((one) => String(one.id) === id)
  if (!of || of.status !== 'successful') return refuse(400, 'No transaction was found for this id')
  const amount = typeof body['amount'] === 'number' ? body['amount'] : of.amount
  const back = [...refunds(world).values()].filter((one) => one.tx_id === of.id)
  const left = of.amount - back.reduce((sum, one) => sum + one.amount_refunded, 0)
  if (amount > left + 0.001) return refuse(400, 'Refund amount is more than the amount that is left')
  const made: Refund = {
    id: 75_000 + world.next(),
    tx_id: of.id,
    amount_refunded: amount,
    status: 'processing',
    comments: textField(body, 'comments'),
  }
  refunds(world).set(String(made.id), made)
  const reply = ok('Transaction refund initiated', { ...made })
  made.status = 'completed'
  world.movements.push({
    provider: 'FLUTTERWAVE',
    kind: 'refund',
    reference: made.comments,
    units: String(amount),
    currency: of.currency,
  })
  tell(world, of.key, 'refund.completed', made)
  return reply
}

/** The merchant's address is known by its key, and its secret hash is set at the same place: `hash|address`. */
function tell(world: World, key: string, event: string, about: object): void {
  const [hash = '', url] = world.addresses.get(`FLUTTERWAVE ${key}`)?.split(/\|(.*)/s) ?? []
  if (url === undefined) return
  world.tell({
    provider: 'FLUTTERWAVE',
    url,
    type: 'application/json',
    body: JSON.stringify({ event, data: about }),
    signed: ({ wrongly }) => ({ 'verif-hash': wrongly ? 'another hash' : hash }),
  })
}

/** A webhook's card has no token. */
function shown(transaction: Transaction, withToken: boolean): object {
  const { id, tx_ref, amount, currency, status, processor_response, email, token } = transaction
  return {
    id,
    tx_ref,
    flw_ref: `FLW${id}`,
    amount,
    charged_amount: amount,
    currency,
    status,
    processor_response,
    payment_type: 'card',
    card: {
      first_6digits: '553188',
      last_4digits: '2950',
      type: 'MASTERCARD',
      expiry: '09/32',
      ...(withToken ? { token } : {}),
    },
    customer: { id: 1, email },
  }
}

function ok(message: string, answered: unknown): Reply {
  return jsonReply(200, { status: 'success', message, data: answered })
}

function page(all: readonly Refund[], current: number): Reply {
  const shown = all.slice((current - 1) * perPage, current * perPage)
  const info = { total: all.length, current_page: current, total_pages: Math.ceil(all.length / perPage) }
  return jsonReply(200, {
    status: 'success',
    message: 'Refunds fetched',
    meta: { page_info: info },
    data: shown,
  })
}

function refuse(status: number, message: string): Reply {
  return jsonReply(status, { status: 'error', message, data: null })
}

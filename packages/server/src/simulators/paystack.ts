import { createHmac } from 'node:crypto'
import {
  type Ask,
  type DisputeState,
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
  reference: string
  amount: number
  currency: string
  email: string
  status: string
  gateway_response: string
  authorization: Authorization | undefined
  key: string
}
type Authorization = { code: string; email: string; choice: string }
type Refund = {
  id: number
  transaction: number
  amount: number
  currency: string
  status: string
  merchant_note: string
}

/** Codes that need no page first: what charging them comes to. They belong to every address. */
const knownCodes: Readonly<Record<string, string>> = {
  AUTH_simsucceeds: 'succeed',
  AUTH_siminsufficient: 'insufficient_funds',
  AUTH_simexpired: 'expired',
  AUTH_simpending: 'pending',
}

const answers: Readonly<Record<string, readonly [status: string, response: string]>> = {
  succeed: ['success', 'Approved'],
  insufficient_funds: ['failed', 'Insufficient Funds'],
  declined: ['failed', 'Declined'],
  expired: ['failed', 'Expired card'],
  pending: ['pending', 'Pending'],
  cancel: ['abandoned', 'The transaction was not completed'],
}

export const paystack: Simulated = {
  name: 'PAYSTACK',
  prefix: '/paystack',
  address: '/paystack',
  answer,
  dispute,
}

function answer(world: World, ask: Ask): Reply {
  const key = /^Bearer (sk_test_\w{10,})$/.exec(headerOf(ask, 'authorization'))?.[1]
  if (key === undefined || key.includes('invalid'))
    return jsonReply(401, {
      status: false,
      message: 'Invalid key',
      type: 'validation_error',
      code: 'invalid_Key',
    })
  if (ask.method === 'POST' && !headerOf(ask, 'content-type').startsWith('application/json'))
    return refuse(400, 'The body must be JSON')
  const [, first = '', second = '', third = ''] = ask.path.split('/')
  switch (`${ask.method} /${first}/${second}`) {
    case 'GET /balance/':
      return ok('Balances retrieved', [{ currency: 'NGN', balance: 0 }])
    case 'POST /transaction/initialize':
      return initialize(world, key, jsonBody(ask))
    case 'POST /transaction/charge_authorization':
      return charge(world, key, jsonBody(ask))
    case 'GET /transaction/verify': {
      const found = transactions(world).get(decodeURIComponent(third))
      return found
        ? ok('Verification successful', shown(found))
        : refuse(404, 'Transaction reference not found.')
    }
    case 'GET /dispute/': {
      const [from, per, page] = ['from', 'perPage', 'page'].map((name) => ask.query.get(name) ?? '')
      const since = [...disputes(world).values()].filter(
        (one) => one.key === key && Date.parse(one.shown.createdAt) >= Date.parse(from ?? ''),
      )
      const end = Number(per) * Number(page)
      const found = since.toReversed().slice(end - Number(per), end)
      return ok(
        'Disputes retrieved',
        found.map(({ shown }) => shown),
      )
    }
    case `GET /dispute/${second}`: {
      const disputed = disputes(world).get(second)?.shown
      return disputed ? ok('Dispute retrieved', disputed) : refuse(404, 'Dispute not found')
    }
    case 'POST /refund/':
      return refund(world, key, jsonBody(ask))
    case 'GET /refund/': {
      const of = transactionBy(world, ask.query.get('transaction') ?? '')
      const found = [...refunds(world).values()].filter((one) => one.transaction === of?.id)
      return ok('Refunds retrieved', found)
    }
    default: {
      const found = first === 'refund' && ask.method === 'GET' ? refunds(world).get(second) : undefined
      return found ? ok('Refund retrieved', found) : refuse(404, 'There is no such endpoint')
    }
  }
}

const transactions = (world: World) => world.store<Transaction>('paystack.transactions')
const authorizations = (world: World) => world.store<Authorization>('paystack.authorizations')
const refunds = (world: World) => world.store<Refund>('paystack.refunds')

type Disputed = { readonly key: string; readonly shown: { readonly createdAt: string } }
const disputes = (world: World) => world.store<Disputed>('paystack.disputes')

function transactionBy(world: World, idOrReference: string): Transaction | undefined {
  return (
    transactions(world).get(idOrReference) ??
    [...transactions(world).values()].find(({ id }) => String(id) === idOrReference)
  )
}

function begin(world: World, key: string, body: Readonly<Record<string, unknown>>): Transaction | Reply {
  const { email, amount, currency, reference } = body
  if (typeof email !== 'string' || !email.includes('@')) return refuse(400, 'Invalid Email Address Passed')
  if (typeof amount !== 'string' || !/^[1-9]\d*$/.test(amount)) return refuse(400, 'Invalid Amount Sent')
  if (typeof reference !== 'string' || !/^[A-Za-z0-9.=-]+$/.test(reference))
    return refuse(400, 'Invalid characters in reference')
  if (typeof currency !== 'string' || !['NGN', 'USD', 'GHS', 'ZAR', 'KES', 'XOF'].includes(currency))
    return refuse(400, 'Currency not supported by merchant')
  if (currency === 'XOF' && Number(amount) % 100 !== 0) return refuse(400, 'Invalid Amount Sent')
  if (transactions(world).has(reference)) return refuse(400, 'Duplicate Transaction Reference')
  const transaction: Transaction = {
    id: 4_000_000_000 + world.next(),
    reference,
    amount: Number(amount),
    currency,
    email,
    status: 'abandoned',
    gateway_response: 'The transaction was not completed',
    authorization: undefined,
    key,
  }
  transactions(world).set(reference, transaction)
  return transaction
}

function initialize(world: World, key: string, body: Readonly<Record<string, unknown>>): Reply {
  const begun = begin(world, key, body)
  if ('body' in begun) return begun
  const back = String(body['callback_url'])
  const url = world.addPage({
    title: 'Paystack',
    amount: `${begun.amount / 100} ${begun.currency}`,
    choose(choice) {
      const code = `AUTH_sim${world.next()}`
      begun.authorization = { code, email: begun.email, choice: 'succeed' }
      authorizations(world).set(code, begun.authorization)
      conclude(world, begun, choice)
      return `${back}?trxref=${begun.reference}&reference=${begun.reference}`
    },
  })
  return ok('Authorization URL created', {
    authorization_url: url,
    access_code: url.split('/').at(-1),
    reference: begun.reference,
  })
}

function charge(world: World, key: string, body: Readonly<Record<string, unknown>>): Reply {
  const code = String(body['authorization_code'])
  const known = Object.hasOwn(knownCodes, code) ? knownCodes[code] : undefined
  const kept = authorizations(world).get(code)
  if (known === undefined && !kept) return refuse(400, 'The Authorization Code is invalid')
  if (kept && kept.email !== body['email'])
    return refuse(
      400,
      'Email does not match Authorization code. Authorization may be inactive or belong to a different email.',
    )
  const begun = begin(world, key, body)
  if ('body' in begun) return begun
  begun.authorization = kept ?? { code, email: begun.email, choice: 'succeed' }
  conclude(world, begun, known ?? kept?.choice ?? 'succeed')
  return ok('Charge attempted', shown(begun))
}

function conclude(world: World, transaction: Transaction, choice: string): void {
  if (transaction.status === 'success') return
  const [status, response] = answers[choice] ?? ['failed', 'Declined']
  transaction.status = status
  transaction.gateway_response = response
  if (status !== 'success') return
  if (world.takeFault('PAYSTACK', '', ['other_amount'])) transaction.amount += 100
  if (world.takeFault('PAYSTACK', '', ['other_currency'])) transaction.currency = 'USD'
  const { reference, amount, currency } = transaction
  world.movements.push({ provider: 'PAYSTACK', kind: 'charge', reference, units: String(amount), currency })
  if (world.takeFault('PAYSTACK', '', ['other_reference'])) transaction.reference = 'of-somebody-else'
  tell(world, transaction.key, 'charge.success', shown(transaction))
}

function refund(world: World, key: string, body: Readonly<Record<string, unknown>>): Reply {
  const of = transactionBy(world, String(body['transaction']))
  if (!of || of.status !== 'success') return refuse(404, 'Transaction not found')
  const amount = Number(body['amount'] ?? of.amount)
  const back = [...refunds(world).values()].filter(
    (one) => one.transaction === of.id && one.status !== 'failed',
  )
  const left = of.amount - back.reduce((sum, one) => sum + one.amount, 0)
  if (amount > left) return refuse(400, 'Refund amount cannot be more than the transaction amount')
  const made: Refund = {
    id: 6_000_000 + world.next(),
    transaction: of.id,
    amount,
    currency: of.currency,
    status: 'pending',
    merchant_note: textField(body, 'merchant_note'),
  }
  refunds(world).set(String(made.id), made)
  const reply = ok('Refund has been queued for processing', { ...made })
  // It goes through the bank behind the answer.
  made.status = 'processed'
  world.movements.push({
    provider: 'PAYSTACK',
    kind: 'refund',
    reference: made.merchant_note,
    units: String(amount),
    currency: of.currency,
  })
  tell(world, key, 'refund.processed', { ...made, transaction_reference: of.reference })
  return reply
}

function dispute(world: World, reference: string, state: DisputeState): void {
  const of = transactionBy(world, reference)
  if (of?.status !== 'success') return
  const id = of.id - 3_000_000_000
  const isOpen = state === 'open'
  const made = {
    id,
    refund_amount: of.amount,
    currency: of.currency,
    status: isOpen ? 'awaiting-merchant-feedback' : 'resolved',
    resolution: isOpen ? null : state === 'won' ? 'declined' : 'merchant-accepted',
    category: 'chargeback',
    transaction: shown(of),
    createdAt: disputes(world).get(String(id))?.shown.createdAt ?? world.clock.now().toString(),
  }
  disputes(world).set(String(id), { key: of.key, shown: made })
  tell(world, of.key, isOpen ? 'charge.dispute.create' : 'charge.dispute.resolve', made)
}

function tell(world: World, key: string, event: string, about: object): void {
  const url = world.addresses.get(`PAYSTACK ${key}`)
  if (url === undefined) return
  const body = JSON.stringify({ event, data: about })
  world.tell({
    provider: 'PAYSTACK',
    url,
    type: 'application/json',
    body,
    signed: ({ wrongly }) => ({
      'x-paystack-signature': createHmac('sha512', wrongly ? 'another key' : key)
        .update(body)
        .digest('hex'),
    }),
  })
}

function shown(transaction: Transaction): object {
  const { id, reference, amount, currency, status, gateway_response, email, authorization } = transaction
  return {
    id,
    domain: 'test',
    status,
    reference,
    amount,
    currency,
    gateway_response,
    channel: 'card',
    authorization: authorization && {
      authorization_code: authorization.code,
      bin: '408408',
      last4: '4081',
      exp_month: '12',
      exp_year: '2030',
      channel: 'card',
      card_type: 'visa',
      brand: 'visa',
      reusable: true,
    },
    customer: { id: 1, email, customer_code: 'CUS_sim' },
  }
}

function ok(message: string, answered: unknown): Reply {
  return jsonReply(200, { status: true, message, data: answered })
}

function refuse(status: number, message: string): Reply {
  return jsonReply(status, { status: false, message, type: 'validation_error', code: 'invalid_params' })
}

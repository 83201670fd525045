import assert from 'node:assert/strict'
import pg from 'pg'
import { type IdKind, idPrefixes, parseId } from '../src/ids.ts'
import { collection } from '../src/slices/collection/index.ts'
import { newCustomer, subscribe } from './billing-story.ts'
import type { Caller, TestServer } from './harness.ts'

/** A customer who pays by one of the sandbox's tokens. */
export async function payingCustomer(as: Caller, token = 'sandbox_succeeds', body: object = {}) {
  const customer = await newCustomer(as, { currency: 'KES', ...body })
  const method = await newMethod(as, customer.id, token)
  return { customer, method }
}

export async function newMethod(
  as: Caller,
  customerId: string,
  token = 'sandbox_succeeds',
  body: object = {},
) {
  const {
    status,
    body: method,
    text,
  } = await as('POST', '/payment-methods', {
    customerId,
    provider: 'SANDBOX',
    token,
    brand: 'visa',
    last4: '4242',
    ...body,
  })
  assert.equal(status, 201, text)
  return method
}

/** Does what the worker would do now, until there is nothing left to do. */
export async function collect(server: TestServer): Promise<void> {
  while (await collection.tick(server.deps));
}

/** A subscription at 49.99 KES a month, its first invoice, and the payment of it, collected as the token says. */
export async function subscribed(
  server: TestServer,
  as: Caller,
  token = 'sandbox_succeeds',
  body: object = {},
) {
  const { customer, method } = await payingCustomer(as, token)
  const subscription = await subscribe(as, { customerId: customer.id, ...body })
  await collect(server)
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const payment = (await get(as, `/payments?invoiceId=${invoice.id}`)).data[0]
  return { customer, method, subscription, invoice, payment }
}

export async function get(as: Caller, path: string) {
  const { status, body, text } = await as('GET', path)
  assert.equal(status, 200, text)
  return body
}

/** An invoice that nobody pays by himself. */
export async function unpaidInvoice(as: Caller, body: object = {}) {
  const customer = await newCustomer(as, { currency: 'KES' })
  const subscription = await subscribe(as, { customerId: customer.id, ...body })
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  return { customer, subscription, invoice }
}

/** The rows of a query by the owner of the database, who sees everything. */
export async function rows(
  server: TestServer,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** The events of these objects, in order, as `type`. */
export async function eventsOf(server: TestServer, ...ids: { id: string }[]): Promise<string[]> {
  const uuids = ids.map(({ id }) => stored(id))
  const found = await rows(server, 'select type from events where resource_id = any ($1) order by id', [
    uuids,
  ])
  return found.map(({ type }) => String(type))
}

/** The stored id of a public one. */
export function stored(id: string): string {
  const [prefix] = id.split('_')
  for (const [kind, known] of Object.entries(idPrefixes)) {
    if (known === prefix) return parseId(kind as IdKind, id) ?? ''
  }
  return ''
}

/** What the sandbox's book knows: outcome and how often it was told. */
export async function bookOf(server: TestServer, { id }: { id: string }) {
  return rows(
    server,
    'select kind, outcome, calls, amount_minor::int as amount from sandbox_book where reference = $1',
    [id],
  )
}

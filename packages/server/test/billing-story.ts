import assert from 'node:assert/strict'
import pg from 'pg'
import { parseId } from '../src/ids.ts'
import { tick } from '../src/slices/billing-run/run.ts'
import type { Caller, TestServer } from './harness.ts'

let made = 0

/** A customer of its own. */
export async function newCustomer(as: Caller, body: object = {}): Promise<{ id: string }> {
  const {
    status,
    body: customer,
    text,
  } = await as('POST', '/customers', { email: `customer${++made}@example.com`, name: 'Wanjiku', ...body })
  assert.equal(status, 201, text)
  return customer
}

/** A monthly plan of its own, at 49.99 KES unless said otherwise. */
export async function newPlan(
  as: Caller,
  body: object = {},
): Promise<{ id: string; prices: { id: string }[] }> {
  const {
    status,
    body: plan,
    text,
  } = await as('POST', '/plans', {
    name: 'Pro',
    code: `plan-${++made}`,
    billingInterval: 'MONTHLY',
    prices: [{ currency: 'KES', amount: 49.99 }],
    ...body,
  })
  assert.equal(status, 201, text)
  return plan
}

/** Subscribes a customer to a plan, each new unless given. */
export async function subscribe(
  as: Caller,
  body: { customerId?: string; planId?: string; [field: string]: unknown } = {},
  made: { customer?: object; plan?: object } = {},
) {
  const customerId = body.customerId ?? (await newCustomer(as, { currency: 'KES', ...made.customer })).id
  const planId = body.planId ?? (await newPlan(as, made.plan)).id
  const {
    status,
    body: subscription,
    text,
  } = await as('POST', '/subscriptions', { ...body, customerId, planId })
  assert.equal(status, 201, text)
  return subscription
}

/** Runs the billing run until it finds nothing more. */
export async function runBilling({ deps }: Pick<TestServer, 'deps'>): Promise<void> {
  while (await tick(deps));
}

/** All invoices of a subscription, oldest first. */
export async function invoicesOf(as: Caller, subscriptionId: string) {
  const all = []
  for (let cursor = ''; ;) {
    const { body, status, text } = await as(
      'GET',
      `/invoices?limit=100&subscriptionId=${subscriptionId}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    assert.equal(status, 200, text)
    all.push(...body.data)
    if (body.meta.nextCursor === null) return all.toReversed()
    cursor = body.meta.nextCursor
  }
}

/** Types of the events of a resource, in their order. */
export async function eventsOf(server: TestServer, id: string): Promise<string[]> {
  const kind = id.startsWith('sub_') ? 'subscription' : id.startsWith('inv_') ? 'invoice' : 'customer'
  const rows = await asOwner<{ type: string }>(
    server,
    'select type from events where resource_id = $1 order by transaction, id',
    [parseId(kind, id)],
  )
  return rows.map(({ type }) => type)
}

/** Rows as the owner of the database sees them. */
export async function asOwner<T>(server: TestServer, query: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  try {
    return (await client.query(query, values)).rows as T[]
  } finally {
    await client.end()
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caller, newKey, newTenant, startServer } from '../../harness.ts'
import { runBilling } from '../../billing-story.ts'
import { get, subscribed, unpaidInvoice } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-31T09:00:00Z' })
type Entry = {
  transactionId: string
  account: string
  currency: string
  debit: number
  credit: number
  documentKind: string
  documentId: string
  occurredAt: string
}

test('the trial balance comes to the same on both sides, per currency and as of each day', async () => {
  const { test: as } = await newTenant(server, { timezone: 'Africa/Nairobi' })
  await subscribed(server, as)
  const { invoice } = await unpaidInvoice(as)
  const open = await get(as, '/ledger/trial-balance?asOf=2026-01-31')
  assert.equal(open.asOf, '2026-01-31')
  assert.deepEqual(open.currencies, [
    {
      currency: 'KES',
      debit: 99.98,
      credit: 99.98,
      accounts: [
        { account: 'cash:SANDBOX', debit: 49.99, credit: 0 },
        { account: 'deferred_revenue', debit: 0, credit: 99.98 },
        { account: 'receivable', debit: 49.99, credit: 0 },
      ],
    },
  ])
  assert.deepEqual((await get(as, '/ledger/trial-balance?asOf=2026-01-30')).currencies, [])
  assert.deepEqual((await get(as, '/ledger/trial-balance?currency=USD')).currencies, [])
  assert.equal((await as('POST', `/invoices/${invoice.id}/void`)).status, 200)
  const after = await get(as, '/ledger/trial-balance')
  assert.equal(after.asOf, null)
  assert.deepEqual(after.currencies[0].accounts.at(-1), { account: 'receivable', debit: 0, credit: 0 })
  assert.equal(after.currencies[0].debit, after.currencies[0].credit)
  const { accounts } = await get(as, '/ledger/accounts')
  const deferred = accounts.find((one: { account: string }) => one.account === 'deferred_revenue')
  assert.deepEqual(
    [deferred.kind, deferred.debit, deferred.credit, deferred.balance],
    ['LIABILITY', 49.99, 99.98, 49.99],
  )
})

test('every entry is listed once over the pages, also where a page ends within a transaction', async () => {
  const { test: as, testEnvironmentId } = await newTenant(server)
  for (let count = 0; count < 3; count++) await subscribed(server, as)
  const all: Entry[] = []
  for (let cursor = ''; ;) {
    const page = await get(as, `/ledger/entries?limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`)
    all.push(...page.data)
    if (page.meta.nextCursor === null) break
    cursor = page.meta.nextCursor
  }
  assert.ok(testEnvironmentId)
  assert.equal(all.length, 12)
  assert.equal(new Set(all.map((entry) => `${entry.transactionId} ${entry.account}`)).size, 12)
  for (const entries of Map.groupBy(all, (entry) => entry.transactionId).values())
    assert.equal(
      entries.reduce((sum, { debit, credit }) => sum + debit - credit, 0),
      0,
    )
  const ids = all.map(({ transactionId }) => transactionId)
  assert.deepEqual(ids, ids.toSorted().toReversed(), 'the last booked comes first')
})

test('entries are found by account, currency, day and document; what is unknown has none', async () => {
  const { live } = await newTenant(server, { timezone: 'Africa/Nairobi' })
  const { invoice } = await unpaidInvoice(live)
  const { invoice: other } = await unpaidInvoice(live)
  await live('POST', `/invoices/${other.id}/void`)
  server.clock.set('2026-02-28T21:30:00Z')
  await runBilling(server)
  const list = async (query: string): Promise<Entry[]> =>
    (await get(live, `/ledger/entries?limit=100${query}`)).data
  assert.deepEqual(
    (await list(`&document=${invoice.id}`)).map(({ account, debit, credit, documentKind }) => [
      account,
      debit,
      credit,
      documentKind,
    ]),
    [
      ['receivable', 49.99, 0, 'INVOICE'],
      ['deferred_revenue', 0, 49.99, 'INVOICE'],
    ],
  )
  assert.deepEqual(
    (await list(`&document=${other.id}&account=receivable`)).map(({ documentKind }) => documentKind),
    ['VOID', 'INVOICE'],
  )
  assert.equal((await list('&dateFrom=2026-01-31&dateTo=2026-01-31&account=receivable')).length, 3)
  assert.equal((await list('&dateTo=2026-01-30')).length, 0)
  assert.equal((await list('&currency=USD')).length, 0)
  assert.equal((await list('&document=inv_nothing')).length, 0)
  assert.equal((await list('&account=nothing')).length, 0)
  assert.equal((await live('GET', '/ledger/entries?dateFrom=2026-02-02&dateTo=2026-02-01')).status, 400)
  assert.equal((await live('GET', '/ledger/trial-balance?asOf=2026-02-30')).status, 400)
  server.clock.set('2026-01-31T09:00:00Z')
})

test('a customer’s ledger holds its invoices, payments and refunds, and nobody else’s', async () => {
  const { test: as } = await newTenant(server)
  const one = await subscribed(server, as)
  await subscribed(server, as)
  const { data } = await get(as, `/customers/${one.customer.id}/ledger`)
  assert.deepEqual(
    data.map(({ documentId, account }: Entry) => [documentId, account]),
    [
      [one.payment.id, 'receivable'],
      [one.payment.id, 'cash:SANDBOX'],
      [one.invoice.id, 'receivable'],
      [one.invoice.id, 'deferred_revenue'],
    ],
  )
  const missing = await as('GET', '/customers/cust_00000000000000000000000000/ledger')
  assert.deepEqual([missing.status, missing.body.code], [404, 'customer_not_found'])
})

test('the books are read with analytics:read, and only those of one’s own environment', async () => {
  const { test: as, live, session } = await newTenant(server)
  await unpaidInvoice(as)
  assert.equal((await get(live, '/ledger/entries')).data.length, 0)
  assert.equal((await get(live, '/ledger/accounts')).accounts.length, 0)
  const other = caller(server, await newKey(session, ['invoices:read']))
  for (const path of ['accounts', 'entries', 'trial-balance'])
    assert.equal((await other('GET', `/ledger/${path}`)).status, 403)
})

import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { Page } from '../../../src/http/pages.ts'
import { headOf, linesOf } from '../../../src/slices/exports/csv.ts'
import { rowsAtATime, tableOf } from '../../../src/slices/exports/stream.ts'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { creditNote } from '../../credit-story.ts'
import { rowsOfCsv } from '../../csv-story.ts'
import { type Caller, caller, newKey, newTenant, startServer } from '../../harness.ts'
import { get, rows, subscribed } from '../../payment-story.ts'

const server = await startServer()

async function exported(as: Caller, path: string): Promise<Record<string, string>[]> {
  const { status, text, headers } = await as('GET', `/exports/${path}`)
  assert.equal(status, 200, text)
  assert.match(headers.get('content-type') ?? '', /^text\/csv; charset=utf-8/)
  assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="[a-z-]+\.csv"$/)
  // fetch takes the mark off as it decodes.
  return rowsOfCsv(`\uFEFF${text}`)
}

/** So many more customers than are read at a time, oldest first. */
async function manyCustomers(environmentId: string, count: number): Promise<void> {
  await rows(
    server,
    `insert into customers (environment_id, id, email, name, currency, timezone, metadata, status, created_at, updated_at)
     select $1::uuid, gen_random_uuid(), 'many' || n || '@example.com', 'Customer ' || n, 'KES', 'Africa/Nairobi', '{}',
       'ACTIVE', '2026-01-01T00:00:00Z'::timestamptz + n / 3 * interval '1 second', '2026-01-01T00:00:00Z'
     from generate_series(1, $2::integer) n`,
    [environmentId, count],
  )
}

test('an export holds every row of its list once, in the order of the list', async () => {
  const { test: as, testEnvironmentId } = await newTenant(server)
  await manyCustomers(testEnvironmentId, rowsAtATime * 2 + 50)
  const lines = await exported(as, 'customers.csv')
  assert.equal(lines.length, rowsAtATime * 2 + 50)
  const listed: string[] = []
  for (let page = 1; page <= 6; page++) {
    const { data } = await get(as, `/customers?limit=100&page=${page}`)
    listed.push(...data.map(({ id }: { id: string }) => id))
  }
  assert.deepEqual(
    lines.map(({ id }) => id),
    listed,
  )
  const some = await exported(as, 'customers.csv?search=Customer%2017&sortBy=name')
  const { data, meta } = await get(as, '/customers?search=Customer%2017&sortBy=name&limit=100')
  assert.ok(meta.total > 10 && meta.total < 100)
  assert.deepEqual(
    some.map(({ name }) => name),
    data.map(({ name }: { name: string }) => name),
  )
})

test('what a customer is called is what the file says, and nothing in it is a formula', async () => {
  const { test: as } = await newTenant(server)
  const names = [
    '=HYPERLINK("http://evil.example.com","x")',
    '+254 700 000 000',
    '-2+3',
    '@SUM(A1)',
    '＝1+1',
    'شركة النيل، "الأولى"',
    'Kiosk 🛒, line\r\nbreak',
    'x'.repeat(200),
  ]
  for (const name of names) await newCustomer(as, { name, metadata: { note: '=1,2' } })
  const lines = await exported(as, 'customers.csv?sortOrder=asc')
  assert.deepEqual(
    lines.map(({ name }) => name),
    names.map((name) => (/^[=+\-@＝]/.test(name) ? `'${name}` : name)),
  )
  for (const line of lines) for (const cell of Object.values(line)) assert.doesNotMatch(cell, /^[=+\-@＝]/)
})

test('amounts have the decimals of their currency, however large or small, and numbers no exponent', () => {
  const columns = {
    amount: (row: { amount: number; currency: string }) => row,
    number: ({ amount }: { amount: number }) => amount,
  }
  const written = (amount: number, currency: string): string => linesOf(columns, [{ amount, currency }])
  assert.equal(written(999_999_999_999_999, 'UGX'), '999999999999999,999999999999999\r\n')
  assert.equal(written(9_999_999_999_999.99, 'KES'), '9999999999999.99,9999999999999.99\r\n')
  assert.equal(written(0, 'KES'), '0.00,0\r\n')
  assert.equal(written(-12.5, 'KES'), '-12.50,-12.5\r\n')
  assert.equal(written(0.001, 'TND'), '0.001,0.001\r\n')
  assert.equal(
    linesOf({ n: (n: number) => n }, [0.000_000_1, 1e21]),
    '0.0000001\r\n1000000000000000000000\r\n',
  )
  assert.equal(headOf(columns), '\uFEFFamount,number\r\n')
})

test('invoices and their lines, payments, credit notes, subscriptions and the books are in files as they are', async () => {
  const tenant = await newTenant(server, { currency: 'KES', timezone: 'Africa/Nairobi' })
  const as = tenant.test
  const { subscription, invoice, customer } = await subscribed(server, as)
  await subscribe(as, { customerId: customer.id, planId: (await newPlan(as, { name: '=Pro' })).id })
  await creditNote(as, { invoiceId: invoice.id, amount: 10 })

  const invoices = await exported(as, 'invoices.csv')
  assert.equal(invoices.length, (await get(as, '/invoices')).meta.total)
  const one = invoices.find(({ id }) => id === invoice.id)
  assert.deepEqual(
    [one?.['number'], one?.['status'], one?.['total'], one?.['amountPaid'], one?.['currency']],
    [invoice.number, 'PAID', '49.99', '49.99', 'KES'],
  )
  const lines = await exported(as, `invoice-lines.csv?customerId=${customer.id}`)
  for (const { id, subtotal } of invoices) {
    const own = lines.filter(({ invoiceId }) => invoiceId === id)
    assert.equal(own.reduce((sum, { amount }) => sum + Number(amount), 0).toFixed(2), subtotal)
  }
  const paid = await exported(as, `payments.csv?status=SUCCEEDED&invoiceId=${invoice.id}`)
  assert.deepEqual(
    paid.map(({ amount, provider }) => [amount, provider]),
    [['49.99', 'SANDBOX']],
  )
  const [note] = await exported(as, 'credit-notes.csv')
  assert.deepEqual([note?.['invoiceId'], note?.['total']], [invoice.id, '10.00'])
  const active = await exported(as, 'subscriptions.csv?status=ACTIVE')
  assert.ok(active.some(({ id }) => id === subscription.id))
  const entries = await exported(as, 'ledger-entries.csv')
  assert.equal(entries.length, (await get(as, '/ledger/entries')).meta.total)
  const sum = (side: string): string => entries.reduce((all, row) => all + Number(row[side]), 0).toFixed(2)
  assert.ok(Number(sum('debit')) > 0)
  assert.equal(sum('debit'), sum('credit'))
  assert.deepEqual(await exported((await newTenant(server)).test, 'invoices.csv'), [])
  assert.deepEqual(await exported(tenant.live, 'customers.csv'), [])
})

test('an export takes the scope of its list, and refuses before it sends anything', async () => {
  const { test: as, session } = await newTenant(server)
  const reads = caller(server, await newKey(session, ['customers:read']))
  assert.equal((await reads('GET', '/exports/customers.csv')).status, 200)
  for (const noun of [
    'subscriptions',
    'invoices',
    'invoice-lines',
    'payments',
    'credit-notes',
    'ledger-entries',
  ])
    assert.equal((await reads('GET', `/exports/${noun}.csv`)).status, 403, noun)
  assert.equal((await as('GET', '/exports/invoices.csv?limit=10')).status, 400)
  assert.equal((await as('GET', '/exports/invoices.csv?status=NONE')).status, 400)
  assert.equal((await as('GET', '/exports/invoices.csv?customerId=cust_none')).status, 404)
  assert.equal((await reads('GET', '/tenants/me/audit-log.csv')).status, 403)
})

test('the audit log is exported by who may read it, and says so', async () => {
  const { session } = await newTenant(server)
  const { status, text } = await session('GET', '/tenants/me/audit-log.csv?action=api_key.created')
  assert.equal(status, 200, text)
  const lines = rowsOfCsv(`\uFEFF${text}`)
  assert.deepEqual(
    lines.map(({ action }) => action),
    ['api_key.created', 'api_key.created'],
  )
  const { data } = await get(session, '/tenants/me/audit-log?action=audit_log.exported')
  assert.equal(data.length, 1)
})

test('an export that cannot be written to its end is no file that looks whole', async () => {
  const { testKey, testEnvironmentId } = await newTenant(server)
  // Three are made at one instant, in an order of their own: all of them are on the second page.
  await manyCustomers(testEnvironmentId, rowsAtATime + 10)
  await rows(
    server,
    `update customers set currency = 'QQQ' where environment_id = $1::uuid and email = 'many1@example.com'`,
    [testEnvironmentId],
  )
  const answer = await fetch(`${server.api}/exports/customers.csv`, {
    headers: { authorization: `Bearer ${testKey}` },
  })
  assert.equal(answer.status, 200)
  await assert.rejects(answer.text())
})

test('nothing is read ahead of who takes it', async () => {
  let turned = 0
  const page = (): Page<number> => ({ data: Array(1000).fill(1), meta: { limit: 1000, nextCursor: 'next' } })
  const turn = async (): Promise<Page<number>> => {
    turned++
    return page()
  }
  const stream = Readable.from(tableOf({ n: (n: number) => n }, page(), turn), {
    objectMode: false,
    highWaterMark: 65_536,
  })
  stream.read(1)
  for (let tick = 0; tick < 1000; tick++) await new Promise(setImmediate)
  assert.ok(turned > 0 && turned <= 65_536 / 3000 + 2, `${turned} pages`)
  stream.destroy()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asOwner, newCustomer } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act } from '../../life-story.ts'
import { subscribed } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const items = [{ description: 'Advice', quantity: 1, unitAmount: 100 }]

/** An invoice in each status that there is. */
const made: Readonly<Record<string, (as: Caller) => Promise<{ id: string }>>> = {
  DRAFT: (as) => byHand(as, false),
  PENDING: (as) => byHand(as, true),
  FAILED: async (as) => (await subscribed(server, as, 'sandbox_declined')).invoice,
  PAID: (as) => moved(as, 'mark-paid'),
  VOID: (as) => moved(as, 'void'),
  UNCOLLECTIBLE: (as) => moved(as, 'mark-uncollectible'),
}

/** What can be done to one, and in which statuses; anywhere else it is no move. */
const moves: readonly {
  name: string
  from: readonly string[]
  call: (as: Caller, id: string) => ReturnType<Caller>
}[] = [
  { name: 'change', from: ['DRAFT'], call: (as, id) => as('PATCH', `/invoices/${id}`, { items }) },
  { name: 'delete', from: ['DRAFT'], call: (as, id) => as('DELETE', `/invoices/${id}`) },
  { name: 'finalize', from: ['DRAFT'], call: (as, id) => as('POST', `/invoices/${id}/finalize`) },
  { name: 'void', from: ['PENDING', 'FAILED'], call: (as, id) => as('POST', `/invoices/${id}/void`) },
  {
    name: 'give up',
    from: ['PENDING', 'FAILED'],
    call: (as, id) => as('POST', `/invoices/${id}/mark-uncollectible`),
  },
  {
    name: 'mark paid',
    from: ['PENDING', 'FAILED'],
    call: (as, id) => as('POST', `/invoices/${id}/mark-paid`, {}),
  },
  {
    name: 'collect',
    // Without a method to pay by, there is nothing to collect from.
    from: ['FAILED'],
    call: (as, id) => as('POST', `/invoices/${id}/pay`, {}),
  },
  {
    name: 'credit',
    from: ['PENDING', 'FAILED', 'PAID'],
    call: (as, id) => as('POST', '/credit-notes', { invoiceId: id, amount: 10, reason: 'OTHER' }),
  },
]

async function byHand(as: Caller, autoFinalize: boolean) {
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  return act(as, '/invoices', { customerId, items, autoFinalize }, 201)
}

async function moved(as: Caller, verb: string) {
  const invoice = await byHand(as, true)
  return act(as, `/invoices/${invoice.id}/${verb}`, {})
}

/** All that an environment holds of invoices and what comes of them. */
async function contents(environmentId: string): Promise<string> {
  const tables = [
    'invoices',
    'invoice_lines',
    'payments',
    'credit_notes',
    'customer_credits',
    'invoice_counters',
    'ledger_entries',
    'events',
  ]
  const found = await asOwner<{ all: string }>(
    server,
    tables
      .map(
        (table) =>
          `select '${table} ' || string_agg(t::text, ' ' order by t::text) as all from ${table} t where environment_id = $1`,
      )
      .join(' union all '),
    [environmentId],
  )
  return found.map(({ all }) => all).join('\n')
}

for (const [status, make] of Object.entries(made))
  test(`an invoice that is ${status} takes the moves that there are from there; every other is 409 and leaves no trace`, async () => {
    const { test: as, testEnvironmentId } = await newTenant(server)
    for (const { name, from, call } of moves) {
      const { id } = await make(as)
      const before = await contents(testEnvironmentId)
      const answer = await call(as, id)
      if (from.includes(status)) {
        assert.ok(answer.status < 300, `${name}: ${answer.text}`)
        assert.notEqual(await contents(testEnvironmentId), before, name)
      } else {
        assert.equal(answer.status, 409, `${name}: ${answer.text}`)
        assert.equal(await contents(testEnvironmentId), before, name)
      }
    }
  })

test('a credit note that is voided cannot be voided again, and leaves no trace of the try', async () => {
  const { test: as, testEnvironmentId } = await newTenant(server)
  const { id: invoiceId } = await byHand(as, true)
  const note = await act(as, '/credit-notes', { invoiceId, amount: 10, reason: 'OTHER' }, 201)
  await act(as, `/credit-notes/${note.id}/void`)
  const before = await contents(testEnvironmentId)
  assert.equal((await as('POST', `/credit-notes/${note.id}/void`)).status, 409)
  assert.equal(await contents(testEnvironmentId), before)
})

test('after all of this every promise holds', () => everythingHolds(server))

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { canMoveInvoice, type InvoiceStatus } from '@novabilling/core/invoice'
import { canMoveSubscription, type SubscriptionStatus } from '@novabilling/core/subscription'
import { everythingHolds } from '../../credit-story.ts'
import { startServer } from '../../harness.ts'
import { anyLife, handKinds, kinds, type Life } from '../../lives/wishes.ts'
import { type Walked, walk, withoutIds } from '../../lives/walk.ts'

/** So many lives, so many of them at a time; `LIVES=2000 LIVES_SEED=7` looks further. */
const lives = Number(process.env['LIVES'] ?? 100)
const seed = Number(process.env['LIVES_SEED'] ?? 20_260_114)
const atOnce = 6

const server = await startServer({ start: '2026-01-01T00:00:00Z' })
const owner = new pg.Pool({ connectionString: server.databaseUrl, max: 3 })
after(() => owner.end())

async function ask(text: string, environmentId: string): Promise<Record<string, unknown>[]> {
  return (await owner.query({ text, values: [environmentId] })).rows
}

async function contents(environmentId: string): Promise<string> {
  const tables = ['invoices', 'credit_notes', 'events', 'ledger_entries', 'payments', 'refunds']
  const counts = tables.map((table) => `(select count(*) from ${table} where environment_id = $1)`)
  const [found] = await ask(
    `select concat_ws(' ', ${counts.join(', ')},
       (select coalesce(sum(last), 0) from invoice_counters where environment_id = $1),
       (select coalesce(sum(left_minor), 0) from customer_credits where environment_id = $1),
       (select string_agg(s::text, ',' order by s.id) from subscriptions s where environment_id = $1)) as all`,
    environmentId,
  )
  return String(found?.['all'])
}

/** Walks many lives, some at a time, and says which one went wrong. */
async function walkAll<R>(
  all: readonly Life[],
  one: (life: Life, place: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let place = next++; place < all.length; place = next++) {
      const life = all[place]
      if (!life) continue
      try {
        results[place] = await one(life, place)
      } catch (error) {
        next = all.length
        throw new Error(`life ${place} of seed ${seed}: ${JSON.stringify(life)}`, { cause: error })
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}

const sample = fc.sample(anyLife, { numRuns: lives, seed })
let walked: Walked[] = []

test('in any life a preview gives the very documents of the call, and what is charged is what every day costs', async () => {
  walked = await walkAll(sample, (life) => walk(server, life, { isPreviewed: true }, contents))
  const sum = (of: (one: Walked) => number): number => walked.reduce((total, one) => total + of(one), 0)
  const [calls, refusals] = [sum((one) => one.calls), sum((one) => one.refusals)]
  assert.ok(sum((one) => one.explained) > lives * 5)
  assert.ok(refusals > lives / 2 && calls - refusals > lives * 3, `${calls} calls, ${refusals} refused`)
  for (const kind of [...kinds, ...handKinds]) {
    const times = sum(({ seen }) => seen[kind] ?? 0)
    assert.ok(times >= lives / 12, `${kind} happened ${times} times`)
  }
})

test('a life whose clock moves in steps of a day, and whom nobody previews, comes to the same documents', async () => {
  const some = sample.filter((_, place) => place % 8 === 0)
  const again = await walkAll(some, (life) =>
    walk(server, life, { isPreviewed: false, strideHours: 24 }, contents),
  )
  for (const [place, { invoices, creditNotes }] of again.entries()) {
    const first = walked[place * 8]
    // Whom it is billed to, by an e-mail address of its own.
    const alike = (documents: readonly object[]) =>
      withoutIds(documents, ['billTo', 'customerId', 'subscriptionId'])
    assert.deepEqual(alike(invoices), alike(first?.invoices ?? []), JSON.stringify(some[place]))
    assert.deepEqual(alike(creditNotes), alike(first?.creditNotes ?? []), JSON.stringify(some[place]))
  }
})

test('the stream of each life tells only moves that there are, and times that never go back', async () => {
  let moves = 0
  for (const { environmentId } of walked) {
    const told = await ask(
      `select resource_id, split_part(type, '.', 1) as kind, body->>'status' as status, occurred_at from events
       where environment_id = $1 and type ~ '^(subscription|invoice)' and type <> 'invoice.deleted'
       order by transaction, id`,
      environmentId,
    )
    const last = new Map<unknown, { status: string; at: number }>()
    for (const { resource_id: resource, kind, status, occurred_at } of told) {
      const [was, is, at] = [last.get(resource), String(status), Number(occurred_at)]
      last.set(resource, { status: is, at })
      if (!was) continue
      assert.ok(was.at <= at, `${String(kind)} ${String(resource)} is told of after ${at}`)
      if (was.status === is) continue
      moves++
      const isAllowed =
        kind === 'invoice'
          ? canMoveInvoice(was.status as InvoiceStatus, is as InvoiceStatus)
          : canMoveSubscription(was.status as SubscriptionStatus, is as SubscriptionStatus)
      assert.ok(isAllowed, `${String(kind)} ${String(resource)} went from ${was.status} to ${is}`)
    }
  }
  assert.ok(moves > lives * 2, `${moves} moves`)
})

test('after all of it every promise holds', () => everythingHolds(server))

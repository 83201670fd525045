import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { claimDue, claimInEnvironment } from '../../src/slices/billing-run/sql.ts'
import { claimPaymentsInEnvironment } from '../../src/slices/collection/sql.ts'
import { claimDunningsInEnvironment } from '../../src/slices/dunning/sql.ts'
import { claimRefundsInEnvironment } from '../../src/slices/payments/refunds-sql.ts'
import { claimTrialsEndingIn } from '../../src/slices/subscriptions/trial-sql.ts'
import { startServer } from '../harness.ts'

const server = await startServer()

type Plan = { 'Node Type': string; 'Index Name'?: string; Plans?: Plan[] }

/**
 * Row-level security decides here as well: what it keeps a condition from telling the planner, it must be told by the
 * order itself. So the question is asked as the worker asks it, with a plan for any values.
 */
const worker = new pg.Client({ connectionString: server.deps.workerDb.url })
await worker.connect()
after(() => worker.end())
for (const setting of [
  'plan_cache_mode = force_generic_plan',
  'enable_seqscan = off',
  'enable_bitmapscan = off',
])
  await worker.query(`set ${setting}`)

/** How the rows that a claim locks are found: the steps below the lock, each with its index. */
async function waysBelowLock({ name, text }: { name: string; text: string }) {
  const parameters = Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place)))
  await worker.query(`prepare "${name}" as ${text}`)
  const { rows } = await worker.query(
    `explain (format json) execute "${name}" (${Array.from({ length: parameters }, () => 'null').join(', ')})`,
  )
  const whole = (rows[0] as { 'QUERY PLAN': { Plan: Plan }[] })['QUERY PLAN'][0]?.Plan
  const locks = nodes(whole).find((node) => node['Node Type'] === 'LockRows')
  return nodes(locks)
    .slice(1)
    .map((node) => [node['Node Type'], node['Index Name']])
}

test('the claim reads what is due in the order of its index: it never sorts all that is due', async () => {
  assert.deepEqual(await waysBelowLock(claimDue().statement), [['Index Scan', 'subscriptions_due']])
})

for (const [what, { statement }, index] of [
  ['payments', claimPaymentsInEnvironment(), 'payments_due_on_test_clock'],
  ['refunds', claimRefundsInEnvironment(), 'refunds_due_on_test_clock'],
  ['failed payments to be tried again', claimDunningsInEnvironment(), 'dunnings_due_on_test_clock'],
] as const)
  test(`a test clock finds its due ${what} by their index, one environment's alone, in the order they fall due`, async () => {
    assert.deepEqual(await waysBelowLock(statement), [['Index Scan', index]])
  })

for (const [what, { statement }, index] of [
  ['subscriptions', claimInEnvironment(), 'subscriptions_due_on_test_clock'],
  ['ends of trials', claimTrialsEndingIn(), 'subscriptions_trial_notice_on_test_clock'],
] as const)
  test(`a test clock finds its due ${what} by their index, and sorts only those of one instant`, async () => {
    assert.deepEqual(await waysBelowLock(statement), [
      ['Incremental Sort', undefined],
      ['Index Scan', index],
    ])
  })

function nodes(plan: Plan | undefined): Plan[] {
  return plan ? [plan, ...(plan.Plans ?? []).flatMap(nodes)] : []
}

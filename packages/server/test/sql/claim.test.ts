import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { claimDue } from '../../src/slices/billing-run/sql.ts'
import { startServer } from '../harness.ts'

const server = await startServer()

type Plan = { 'Node Type': string; 'Index Name'?: string; Plans?: Plan[] }

/**
 * Row-level security decides here as well: what it keeps a condition from telling the planner, it must be told by the
 * order itself. So the question is asked as the worker asks it, with a plan for any values.
 */
test('the claim reads what is due in the order of its index: it never sorts all that is due', async () => {
  const worker = new pg.Client({ connectionString: server.deps.workerDb.url })
  await worker.connect()
  try {
    await worker.query('set plan_cache_mode = force_generic_plan')
    await worker.query('set enable_seqscan = off')
    await worker.query('set enable_bitmapscan = off')
    const now = Temporal.Instant.from('2026-03-01T00:00:00Z')
    await worker.query(`prepare claim as ${claimDue(now, 300, [0]).statement.text}`)
    const { rows } = await worker.query(
      `explain (format json) execute claim('${now.toString()}', 300, '{0,1}')`,
    )
    const whole = (rows[0] as { 'QUERY PLAN': { Plan: Plan }[] })['QUERY PLAN'][0]?.Plan
    const locks = nodes(whole).find((node) => node['Node Type'] === 'LockRows')
    const below = nodes(locks).slice(1)
    assert.deepEqual(
      below.map((node) => [node['Node Type'], node['Index Name']]),
      [['Index Scan', 'subscriptions_due']],
    )
  } finally {
    await worker.end()
  }
})

function nodes(plan: Plan | undefined): Plan[] {
  return plan ? [plan, ...(plan.Plans ?? []).flatMap(nodes)] : []
}

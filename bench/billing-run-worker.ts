import { boot } from '../packages/server/src/boot.ts'
import { readConfig } from '../packages/server/src/config.ts'
import { systemClock } from '../packages/server/src/clock.ts'
import { transaction } from '../packages/server/src/db/transaction.ts'
import { createLog } from '../packages/server/src/log.ts'
import { billingRun } from '../packages/server/src/slices/billing-run/index.ts'
import { claimDue, laneCount } from '../packages/server/src/slices/billing-run/sql.ts'
import { billDue } from '../packages/server/src/slices/subscriptions/index.ts'
import { testSecrets } from '../packages/server/test/cluster.ts'
import { dueAt } from './billing-run-seed.ts'
import { megabytes } from './machine.ts'

/** One worker process: `batches` runs the product's loop until nothing is due, `singly` a transaction each. */
const [mode = '', databaseUrl = '', limit = '0'] = process.argv.slice(2)
const now = Temporal.Instant.from(dueAt)
const clock = { ...systemClock, now: () => now, nowMs: () => now.epochMilliseconds }
const config = readConfig({ ...testSecrets, DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: '16' })
const { deps, close } = await boot(config, { clock, log: createLog('error') })

process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
const started = performance.now()
if (mode === 'batches') while (await billingRun.tick(deps));
else await Promise.all(Array.from({ length: 4 }, () => singly(Number(limit) / 4)))
process.stdout.write(`${JSON.stringify({ ms: performance.now() - started, rss: megabytes() })}\n`)
await close()
process.exit(0)

async function singly(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx) => {
      const lanes = Array.from({ length: laneCount }, (_, lane) => (lane + index) % laneCount)
      const rows = await tx.query(claimDue(now, 1, lanes))
      await billDue(deps, tx, rows, { until: now })
    })
  }
}

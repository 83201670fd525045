import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type Booted, boot } from '../packages/server/src/boot.ts'
import { systemClock } from '../packages/server/src/clock.ts'
import { readConfig } from '../packages/server/src/config.ts'
import { createLog } from '../packages/server/src/log.ts'
import { billingRun } from '../packages/server/src/slices/billing-run/index.ts'
import { collection } from '../packages/server/src/slices/collection/index.ts'
import { tokenPlace } from '../packages/server/src/slices/payments/index.ts'
import { credentialsPlace } from '../packages/server/src/slices/providers/sql.ts'
import { cloneDatabase, startCluster, testSecrets } from '../packages/server/test/cluster.ts'
import { dueAt, seed } from './billing-run-seed.ts'
import { postgresSeconds, processSeconds } from './cpu.ts'
import { machine, megabytes, percent, perSecond, say } from './machine.ts'

/**
 * Renewals from the due subscription to the paid invoice: billed, charged over HTTP at a simulated Paystack in a process
 * of its own, and booked. Durable. Prints how many a second, and what uses the processor meanwhile.
 *
 *     node bench/payments.ts [renewals] [tenants]
 */
const [renewals = 10_000, tenants = 100] = process.argv.slice(2).map(Number)
const cluster = await startCluster({
  durable: true,
  settings: { shared_buffers: '1GB', max_wal_size: '8GB' },
})
const databaseUrl = await cloneDatabase(cluster.url)
const owner = new pg.Client({ connectionString: databaseUrl })
await owner.connect()
const simulator = await startSimulator()
let booted: Booted | undefined
try {
  await seed(owner, renewals, tenants)
  const now = Temporal.Instant.from(dueAt)
  // What waits for a call to end waits in real time.
  const clock = { ...systemClock, now: () => now, nowMs: () => now.epochMilliseconds }
  const config = readConfig({
    ...testSecrets,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '16',
    TEST_PROVIDER_URLS: `PAYSTACK=${simulator.origin}/paystack`,
  })
  booted = await boot(config, { clock, log: createLog('error') })
  await addCards(booted)

  const backend = Number((await owner.query('select pg_backend_pid() as pid')).rows[0]?.pid)
  const used = async () => ({
    ours: await processSeconds(process.pid),
    database: await postgresSeconds(backend),
    simulator: await processSeconds(simulator.pid),
    at: performance.now() / 1000,
  })
  const { deps } = booted
  const begun = await used()
  while (await billingRun.tick(deps));
  const billed = await used()
  while (await collection.tick(deps));
  const ended = await used()

  await accountForAll()
  say(machine(String((await owner.query('show server_version')).rows[0]?.server_version)))
  say(
    `end to end   ${perSecond(renewals / (ended.at - begun.at))} · ${renewals} renewals in ${(ended.at - begun.at).toFixed(1)} s · ${megabytes()} MB`,
  )
  for (const [name, from, to] of [
    ['billed', begun, billed],
    ['collected', billed, ended],
  ] as const) {
    const seconds = to.at - from.at
    const share = (who: 'ours' | 'database' | 'simulator'): string => percent((to[who] - from[who]) / seconds)
    say(
      `${name.padEnd(12)} ${perSecond(renewals / seconds)} · a processor's time: ours ${share('ours')}, the database ${share('database')}, the simulator ${share('simulator')}`,
    )
  }
} finally {
  await booted?.close()
  await owner.end()
  simulator.kill()
  await cluster.stop()
}
process.exit(0)

/** Every customer's card at the environment's own account. */
async function addCards({ deps }: Booted): Promise<void> {
  await owner.query("update environments set kind = 'TEST', name = 'test'")
  const { rows: environments } = await owner.query('select id from environments')
  const accounts = new Map<string, string>()
  for (const [index, { id }] of environments.entries()) {
    const account = randomUUID()
    accounts.set(id, account)
    const key = JSON.stringify({ secretKey: `sk_test_bench${String(index).padStart(8, '0')}` })
    await owner.query(
      `insert into payment_providers (environment_id, id, provider, credentials_sealed, is_active, priority, countries, currencies, created_at, updated_at)
       values ($1, $2, 'PAYSTACK', $3, true, 1, '{}', '{}', $4, $4)`,
      [id, account, Buffer.from(deps.sealer.seal(key, credentialsPlace(id, account))), dueAt],
    )
  }
  const { rows: customers } = await owner.query('select environment_id, id from customers')
  const made = customers.map(({ environment_id: environmentId, id: customerId }) => {
    const id = randomUUID()
    const sealed = Buffer.from(deps.sealer.seal('AUTH_simsucceeds', tokenPlace(environmentId, id)))
    return { environmentId, id, customerId, sealed, account: accounts.get(environmentId) }
  })
  await owner.query(
    `insert into payment_methods (environment_id, id, customer_id, provider, token_sealed, type, is_default, created_at, provider_id)
     select environment_id, id, customer_id, 'PAYSTACK', decode(sealed, 'base64'), 'CARD', true, $6, account
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[])
       as u (environment_id, id, customer_id, sealed, account)`,
    [
      made.map((one) => one.environmentId),
      made.map((one) => one.id),
      made.map((one) => one.customerId),
      made.map((one) => one.sealed.toString('base64')),
      made.map((one) => one.account),
      dueAt,
    ],
  )
  await owner.query('vacuum analyze')
}

/** A figure counts when every renewal is paid, and was captured once. */
async function accountForAll(): Promise<void> {
  const { rows } = await owner.query(
    `select (select count(*)::int from invoices where status = 'PAID') as paid,
       (select count(*)::int from events where type = 'payment.succeeded') as told`,
  )
  const answer = await fetch(`${simulator.origin}/_control/movements`)
  const movements = (await answer.json()) as { reference: string }[]
  const captured = new Set(movements.map(({ reference }) => reference)).size
  const counts = [rows[0]?.paid, rows[0]?.told, captured, movements.length]
  if (counts.some((count) => count !== renewals)) throw new Error(`of ${renewals}: ${counts.join(', ')}`)
}

async function startSimulator(): Promise<{ origin: string; pid: number; kill: () => void }> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const main = new URL('../packages/server/src/main.ts', import.meta.url).pathname
  const child: ChildProcess = spawn(process.execPath, [main, 'simulate-provider', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout) await once(child.stdout, 'data')
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, kill: () => child.kill() }
}

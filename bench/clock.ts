import type { AddressInfo } from 'node:net'
import { loadavg } from 'node:os'
import pg from 'pg'
import { buildApp } from '../packages/server/src/app.ts'
import { boot } from '../packages/server/src/boot.ts'
import { readConfig } from '../packages/server/src/config.ts'
import { createLog } from '../packages/server/src/log.ts'
import { loops } from '../packages/server/src/slices/loops.ts'
import { verify } from '../packages/server/src/verify.ts'
import { startCluster, testSecrets } from '../packages/server/test/cluster.ts'
import { startWorker } from '../packages/server/src/worker.ts'
import { machine, megabytes, say } from './machine.ts'

/**
 * A year of a test clock over monthly subscriptions that begin on all days of a month, in five time zones, nine of ten of
 * which pay; counts at the end that every period was billed, paid and told once. Goal: under 20 s for 1,000.
 *
 *     node bench/clock.ts [subscriptions]
 */
const [subscriptions = 1000] = process.argv.slice(2).map(Number)
const zones = ['UTC', 'Africa/Nairobi', 'Africa/Lagos', 'America/New_York', 'Asia/Kolkata']
const goalSeconds = 20

const cluster = await startCluster({ durable: true })
const url = new URL(cluster.url)
const owner = new pg.Client({ connectionString: url.href })
await owner.connect()
const config = readConfig({
  ...testSecrets,
  DATABASE_URL: url.href,
  PORT: '0',
  HOST: '127.0.0.1',
  RATE_LIMIT_PER_MINUTE: '1000000',
})
const { deps, close } = await boot(config, { log: createLog('error') })
const app = await buildApp(deps)
await app.listen({ port: 0, host: '127.0.0.1' })
const worker = startWorker(deps, loops)
const api = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api`
try {
  say(machine(String((await owner.query('show server_version')).rows[0]?.server_version)))
  const { session, key, environmentId } = await account()
  await call(
    session,
    '/tenants/me',
    { settings: { dunning: { retryDays: [], finalAction: 'NONE' } } },
    'PATCH',
  )
  await call(session, `/tenants/me/environments/${environmentId}/clock`, { now: '2026-01-01T00:00:00Z' })
  await subscribeAll(key)
  await call(session, `/tenants/me/environments/${environmentId}/clock`, { now: '2026-02-01T00:00:00Z' })
  const before = await counts()

  const started = performance.now()
  const cpu = process.cpuUsage()
  await call(session, `/tenants/me/environments/${environmentId}/clock`, { advance: { years: 1 } })
  for (;;) {
    const { rows } = await owner.query(`select clock_status from environments where clock_now is not null`)
    if (rows[0]?.clock_status !== 'RUNNING') break
    await deps.clock.sleep(100)
  }
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const after = await counts()

  const year = Object.fromEntries(
    Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  )
  const expected = 12 * subscriptions
  const declined = 12 * Math.ceil(subscriptions / 10)
  for (const [name, count] of Object.entries({
    invoices: expected,
    'subscription.renewed': expected,
    'invoice.finalized': expected,
    'payment.succeeded': expected - declined,
    'payment.failed': declined,
  }))
    if (year[name] !== count) throw new Error(`${name}: ${year[name]} and not ${count}`)
  for await (const { name, breaches } of verify(deps.workerDb))
    if (breaches.length > 0) throw new Error(`${name} does not hold: ${JSON.stringify(breaches[0])}`)
  say(
    `a year of ${subscriptions.toLocaleString('en')} monthly subscriptions: ${seconds.toFixed(1)} s (goal ${goalSeconds} s for 1,000) · ${Math.round(expected / seconds)} invoices and as many payments a second · ${((user + system) / 1e6).toFixed(1)} s of Node's CPU at a load of ${loadavg()[0]?.toFixed(1)} · ${megabytes()} MB · every period billed, paid and told once`,
  )
} finally {
  await app.close()
  await worker.stop()
  await close()
  await owner.end()
  await cluster.stop()
}

async function counts(): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ name: string; count: number }>(
    `select 'invoices' as name, count(*)::int as count from invoices
     union all select type, count(*)::int from events group by type`,
  )
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}

async function account(): Promise<{ session: string; key: string; environmentId: string }> {
  const { accessToken } = await call('', '/auth/register', {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'a long passphrase',
    companyName: 'Acme',
  })
  const session = String(accessToken)
  const { key } = await call(session, '/tenants/me/api-keys', {
    name: 'bench',
    environment: 'test',
    scopes: ['customers:write', 'plans:write', 'subscriptions:write', 'payments:write'],
  })
  const response = await fetch(`${api}/tenants/me/environments`, {
    headers: { authorization: `Bearer ${session}` },
  })
  const { data } = (await response.json()) as { data: { id: string; kind: string }[] }
  return { session, key: String(key), environmentId: data.find(({ kind }) => kind === 'TEST')?.id ?? '' }
}

async function subscribeAll(key: string): Promise<void> {
  const plan = await call(key, '/plans', {
    name: 'Pro',
    code: 'pro',
    billingInterval: 'MONTHLY',
    prices: [{ currency: 'KES', amount: 2500 }],
  })
  const places = Array.from({ length: subscriptions }, (_, place) => place).values()
  const lane = async (): Promise<void> => {
    for (const place of places) {
      const zone = zones[place % zones.length]
      const customer = await call(key, '/customers', {
        email: `c${place}@example.com`,
        currency: 'KES',
        timezone: zone,
      })
      await call(key, '/payment-methods', {
        customerId: customer['id'],
        provider: 'SANDBOX',
        token: place % 10 === 0 ? 'sandbox_declined' : 'sandbox_succeeds',
        type: 'CARD',
      })
      await call(key, '/subscriptions', {
        customerId: customer['id'],
        planId: plan['id'],
        startDate: `2026-01-${String(1 + (place % 28)).padStart(2, '0')}`,
      })
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
}

async function call(
  credential: string,
  path: string,
  body: object,
  method = 'POST',
): Promise<Record<string, unknown>> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

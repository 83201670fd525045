import { spawn } from 'node:child_process'
import { loadavg } from 'node:os'
import pg from 'pg'
import { startCluster } from '../packages/server/test/cluster.ts'
import { systemClock } from '../packages/server/src/clock.ts'
import { seed } from './billing-run-seed.ts'
import { machine, say } from './machine.ts'

/**
 * A change of plan over the API at a steady rate, up and down again, on a database with many subscriptions: each is a
 * credit note, an invoice, their bookings and events in one transaction. A read at the same rate stands beside it. Goal:
 * p99 under 50 ms at 100,000 subscriptions.
 *
 *     node bench/plan-change.ts [subscriptions] [per second]
 */
const [subscriptions = 100_000, perSecond = 20] = process.argv.slice(2).map(Number)
const [seconds, own] = [20, 200]

const cluster = await startCluster({
  durable: true,
  settings: { shared_buffers: '512MB', max_wal_size: '4GB' },
})
const owner = new pg.Client({ connectionString: cluster.url })
await owner.connect()
const script = new URL('api-servers.ts', import.meta.url).pathname
try {
  say(machine(String((await owner.query('show server_version')).rows[0]?.server_version)))
  await seed(owner, subscriptions, 100)
  const child = spawn(process.execPath, [script, 'ours', cluster.url, ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    )
    await measure(`http://127.0.0.1:${port}/api`)
  } finally {
    child.kill()
  }
} finally {
  await owner.end()
  await cluster.stop()
}

async function measure(api: string): Promise<void> {
  const { accessToken } = await post(api, '', '/auth/register', {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'a long passphrase',
    companyName: 'Acme',
  })
  const { key } = await post(api, String(accessToken), '/tenants/me/api-keys', {
    name: 'bench',
    environment: 'live',
    scopes: ['customers:write', 'plans:write', 'subscriptions:read', 'subscriptions:write'],
  })
  const plans: string[] = []
  for (const amount of [2500, 4000])
    plans.push(
      String(
        (
          await post(api, String(key), '/plans', {
            name: `Plan ${amount}`,
            code: `plan-${amount}`,
            billingInterval: 'MONTHLY',
            prices: [{ currency: 'KES', amount }],
          })
        )['id'],
      ),
    )
  const ids: string[] = []
  for (let count = 0; count < own; count++) {
    const customer = await post(api, String(key), '/customers', {
      email: `own${count}@example.com`,
      currency: 'KES',
    })
    const made = await post(api, String(key), '/subscriptions', {
      customerId: customer['id'],
      planId: plans[0],
    })
    ids.push(String(made['id']))
  }
  await owner.query('vacuum analyze')

  const read = await steadily((count) => ask(api, String(key), `/subscriptions/${ids[count % own]}`))
  const change = await steadily((count) =>
    post(api, String(key), `/subscriptions/${ids[count % own]}/change-plan`, {
      newPlanId: plans[Math.floor(count / own) % 2 === 0 ? 1 : 0],
      effective: 'now',
    }),
  )
  say(
    `at ${perSecond}/s among ${subscriptions.toLocaleString('en')} subscriptions, load ${loadavg()[0]?.toFixed(1)}: a change of plan p50 ${change.p50.toFixed(1)} ms, p99 ${change.p99.toFixed(1)} ms (goal 50) · a read p50 ${read.p50.toFixed(1)} ms, p99 ${read.p99.toFixed(1)} ms`,
  )
}

/** Begins a call at every tick, whether those before have ended or not, so that a slow one is not hidden. */
async function steadily(call: (count: number) => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  const times: number[] = []
  const calls: Promise<void>[] = []
  const started = performance.now()
  for (let count = 0; count < perSecond * seconds; count++) {
    const dueMs = started + (count * 1000) / perSecond
    await systemClock.sleep(Math.max(0, dueMs - performance.now()))
    calls.push(call(count).then(() => void times.push(performance.now() - dueMs)))
  }
  await Promise.all(calls)
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

function post(api: string, credential: string, path: string, body: object): Promise<Record<string, unknown>> {
  return ask(api, credential, path, body)
}

async function ask(
  api: string,
  credential: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${api}${path}`, {
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
    },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

import { type ChildProcess, spawn } from 'node:child_process'
import pg from 'pg'
import { cloneDatabase, startCluster } from '../packages/server/test/cluster.ts'
import { parseId } from '../packages/server/src/ids.ts'
import { printLayers } from './api-layers.ts'
import { load, type Load } from './load.ts'
import { machine, percent, perSecond, say } from './machine.ts'

/**
 * What an authenticated request costs beside bare Fastify with the same SQL, both in one run.
 * Goals: reads ≥ 75 %, writes ≥ 55 % of bare; p99 within 2.5 ×.
 */
const connections = 32
const durationMs = Number(process.argv[2] ?? 4000)
const rounds = 3

const cluster = await startCluster({ durable: true })
const children: ChildProcess[] = []
try {
  const databaseUrl = await cloneDatabase(cluster.url)
  const owner = new pg.Client({ connectionString: databaseUrl })
  await owner.connect()
  const { rows } = await owner.query('show server_version')
  say(machine(String(rows[0]?.server_version)))

  const ours = await start('ours', databaseUrl, '')
  const account = await json(`${ours}/api/auth/register`, 'POST', '', {
    name: 'Bench',
    email: 'bench@example.com',
    password: 'a long passphrase',
    companyName: 'Bench',
    currency: 'KES',
    timezone: 'Africa/Nairobi',
  })
  const environments = await json(`${ours}/api/tenants/me/environments`, 'GET', account['accessToken'])
  const live =
    (environments['data'] as { id: string; kind: string }[]).find(({ kind }) => kind === 'LIVE')?.id ?? ''
  const { key } = await json(`${ours}/api/tenants/me/api-keys`, 'POST', account['accessToken'], {
    name: 'bench',
    scopes: ['customers:read', 'customers:write'],
  })
  const customer = await json(`${ours}/api/customers`, 'POST', key, {
    email: 'one@example.com',
    name: 'One',
    metadata: { a: 1 },
  })
  const bare = await start('bare', databaseUrl, parseId('environment', live) ?? '')
  const storedId = parseId('customer', String(customer['id'])) ?? ''

  let serial = 0
  const read = (url: string, id: string, headers: Record<string, string>): Promise<Load> =>
    load({
      url: `${url}/api/customers/${id}`,
      method: 'GET',
      headers: () => headers,
      connections,
      durationMs,
    })
  const write = (url: string, headers: (count: number) => Record<string, string>): Promise<Load> => {
    const run = serial++
    return load({
      url: `${url}/api/customers`,
      method: 'POST',
      headers,
      body: (count) =>
        JSON.stringify({
          email: `c${run}-${count}@example.com`,
          name: 'Someone',
          currency: 'KES',
          timezone: 'Africa/Nairobi',
          metadata: { plan: 'pro' },
        }),
      connections,
      durationMs,
    })
  }
  const authorization = `Bearer ${String(key)}`
  const results = {
    bareRead: [] as Load[],
    ourRead: [] as Load[],
    bareWrite: [] as Load[],
    ourWrite: [] as Load[],
  }
  await read(bare, storedId, {})
  await read(ours, String(customer['id']), { authorization })
  for (let round = 0; round < rounds; round++) {
    results.bareRead.push(await read(bare, storedId, {}))
    results.ourRead.push(await read(ours, String(customer['id']), { authorization }))
    results.bareWrite.push(await write(bare, () => ({})))
    const stamp = `${round}-${performance.now()}`
    results.ourWrite.push(
      await write(ours, (count) => ({ authorization, 'idempotency-key': `${stamp}-${count}` })),
    )
  }
  report('GET by id   (key, limit, isolation, schema)', results.bareRead, results.ourRead, 0.75)
  report('POST        (… idempotency key, event)     ', results.bareWrite, results.ourWrite, 0.55)
  const { id: tenant } = await json(`${ours}/api/tenants/me`, 'GET', account['accessToken'])
  await printLayers({
    databaseUrl,
    key: String(key),
    tenantId: parseId('tenant', String(tenant)) ?? '',
    environmentId: parseId('environment', live) ?? '',
    customerId: String(customer['id']),
  })
  await owner.end()
} finally {
  for (const child of children) child.kill()
  await cluster.stop()
}

function report(name: string, bare: Load[], ours: Load[], goal: number): void {
  const [limit, got] = [median(bare), median(ours)]
  const ratio = got.perSecond / limit.perSecond
  const failures = [...bare, ...ours].reduce((sum, one) => sum + one.failures, 0)
  say(
    `${name} bare ${perSecond(limit.perSecond)} (p99 ${limit.p99Ms.toFixed(1)} ms) · ours ${perSecond(got.perSecond)} (p99 ${got.p99Ms.toFixed(1)} ms) · ${percent(ratio)} (goal ${percent(goal)}) · p99 × ${(got.p99Ms / limit.p99Ms).toFixed(2)} (goal 2.5)${failures > 0 ? ` · ${failures} FAILURES` : ''}`,
  )
}

function median(runs: Load[]): Load {
  const sorted = runs.toSorted((a, b) => a.perSecond - b.perSecond)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('nothing was measured')
  return middle
}

function start(which: 'ours' | 'bare', databaseUrl: string, environmentId: string): Promise<string> {
  const script = new URL('api-servers.ts', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=8', '--max-old-space-size=512', script, which, databaseUrl, environmentId],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  children.push(child)
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(`http://127.0.0.1:${chunk.toString().trim()}`))
    child.once('exit', (code) => reject(new Error(`the ${which} server ended with ${code}`)))
  })
}

async function json(
  url: string,
  method: string,
  credential: unknown,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(credential === '' ? {} : { authorization: `Bearer ${String(credential)}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

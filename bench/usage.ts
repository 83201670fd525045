import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import { publicId } from '../packages/server/src/ids.ts'
import { instantArray, uuidArray, wordArray } from '../packages/server/src/db/binary-array.ts'
import { jsonArray, toWire } from '../packages/server/src/db/statement.ts'
import { generationAt } from '../packages/server/src/slices/usage/generations.ts'
import { storeEvents } from '../packages/server/src/slices/usage/sql.ts'
import { cloneDatabase, startCluster } from '../packages/server/test/cluster.ts'
import { postgresSeconds, processSeconds } from './cpu.ts'
import { load, paced } from './load.ts'
import { machine, percent, perSecond, say } from './machine.ts'
import { type Metered, seedUsage } from './usage-seed.ts'

/**
 * Usage through the HTTP batch endpoint, durable, exactly once and added up, beside the same SQL without HTTP.
 * Goals: ≥ 40,000 events/s and ≥ 50 % of the SQL; single events p99 < 15 ms at 1,000/s.
 *
 *     node bench/usage.ts [events already there] [seconds a round] [subscriptions]
 */
const [present = 1_000_000, seconds = 5, subscriptionCount = 10_000] = process.argv.slice(2).map(Number)
const rounds = 3
const batch = 1000
const lanes = 4

const cluster = await startCluster({
  durable: true,
  settings: { shared_buffers: '1GB', max_wal_size: '8GB', wal_compression: 'on' },
})
let child: ChildProcess | undefined
try {
  const databaseUrl = await cloneDatabase(cluster.url)
  const owner = new pg.Client({ connectionString: databaseUrl })
  owner.on('error', () => {})
  await owner.connect()
  say(machine(String((await owner.query('show server_version')).rows[0]?.server_version)))
  const api = await startApi(databaseUrl)
  const key = await account(api)
  const now = new Date().toISOString()
  const metered = await seedUsage(owner, {
    subscriptions: subscriptionCount,
    events: present,
    at: now,
    generation: generationAt(Date.parse(now)),
  })
  const size = await owner.query(
    `select pg_size_pretty(sum(pg_total_relation_size(relid))) as size from pg_partition_tree('usage_events')`,
  )
  say(
    `${present.toLocaleString('en')} events are there (${String(size.rows[0]?.size)}), ${subscriptionCount.toLocaleString('en')} subscriptions × 5 metrics`,
  )

  const pure: number[] = []
  const ours: number[] = []
  const backend = Number((await owner.query('select pg_backend_pid() as pid')).rows[0]?.pid)
  // Beside other work on the machine, what an event costs says more than how many there were.
  const cost = { node: 0, postgres: 0, events: 0 }
  // The first change of a page after a checkpoint writes all of it: a cost of 5 minutes of load, not of these seconds.
  await pureSql(databaseUrl, metered)
  await throughHttp(api, key, metered)
  for (let round = 0; round < rounds; round++) {
    pure.push(await pureSql(databaseUrl, metered))
    const before = [await processSeconds(child?.pid ?? 0), await postgresSeconds(backend)] as const
    const reached = await throughHttp(api, key, metered)
    cost.node += (await processSeconds(child?.pid ?? 0)) - before[0]
    cost.postgres += (await postgresSeconds(backend)) - before[1]
    cost.events += reached.events
    ours.push(reached.perSecond)
  }
  const limit = median(pure)
  const reached = median(ours)
  say(`the same SQL, ${lanes} connections     ${perSecond(limit)} (${pure.map(perSecond).join(', ')})`)
  say(
    `through HTTP, ${lanes} connections     ${perSecond(reached)} (${ours.map(perSecond).join(', ')}) · ${percent(reached / limit)} of it (goal 50 %), goal 40,000/s`,
  )
  const micros = (value: number): string => `${((value * 1e6) / cost.events).toFixed(1)} µs`
  say(
    `an event costs                ${micros(cost.node)} of the API's processor and ${micros(cost.postgres)} of PostgreSQL's`,
  )
  const single = await singly(api, key, metered)
  say(
    `single events, 1,000/s        ${perSecond(single.perSecond)} · p50 ${single.p50Ms.toFixed(1)} ms · p99 ${single.p99Ms.toFixed(1)} ms (goal < 15 ms) · ${single.failures} failed`,
  )
  const { rows } = await owner.query(
    `select (select sum(events) from usage_buckets)::text as counted, (select count(*) from usage_events)::text as stored`,
  )
  const [check] = rows as { counted: string; stored: string }[]
  if (check?.counted !== check?.stored)
    throw new Error(`${check?.counted} counted of ${check?.stored} stored`)
  await owner.end()
} finally {
  child?.kill('SIGKILL')
  await cluster.stop()
}

function one(metered: Metered): { subscription: string; metric: number } {
  return {
    subscription: metered.subscriptions[Math.floor(Math.random() * metered.subscriptions.length)] ?? '',
    metric: Math.floor(Math.random() * metered.metrics.length),
  }
}

/** Events a second by the statement alone, with all it needs at hand. */
async function pureSql(url: string, metered: Metered): Promise<number> {
  const from = Math.floor(Date.now() / 86_400_000) * 86_400_000
  const to = from + 86_400_000
  let stored = 0
  const started = performance.now()
  const lane = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    while (performance.now() - started < seconds * 1000) {
      const now = Date.now()
      const generation = generationAt(now)
      const events = Array.from({ length: batch }, () => ({ ...one(metered), transaction: randomUUID() }))
      const same = <T>(item: T): T[] => events.map(() => item)
      const { statement, values } = storeEvents(
        metered.environmentId,
        generation,
        [generation - 1],
        new Date(now).toISOString(),
        uuidArray(events.map(({ transaction }) => uuidOf(transaction))),
        wordArray(events.map(({ transaction }) => transaction)),
        uuidArray(events.map(({ subscription }) => subscription)),
        uuidArray(events.map(({ metric }) => metered.metrics[metric] ?? '')),
        instantArray(same(now)),
        jsonArray(same('{"size":5,"region":"eu"}')),
        wordArray(same('5')),
        wordArray(same(null)),
        instantArray(same(from)),
        instantArray(same(to)),
        wordArray(same('{}')),
        [],
      )
      const { rowCount } = await client.query({
        name: 'store',
        text: statement.text,
        values: values.map(toWire),
      })
      stored += batch - (rowCount ?? 0)
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return stored / ((performance.now() - started) / 1000)
}

function uuidOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function eventFor(metered: Metered): object {
  const { subscription, metric } = one(metered)
  return {
    transactionId: randomUUID(),
    subscriptionId: publicId('subscription', subscription),
    code: `metric-${metric}`,
    timestamp: new Date().toISOString(),
    properties: { size: 5, region: 'eu' },
  }
}

async function throughHttp(
  api: string,
  key: string,
  metered: Metered,
): Promise<{ perSecond: number; events: number }> {
  const started = performance.now()
  const result = await load({
    url: `${api}/events/batch`,
    method: 'POST',
    headers: () => ({ authorization: `Bearer ${key}` }),
    body: () => JSON.stringify({ events: Array.from({ length: batch }, () => eventFor(metered)) }),
    connections: lanes,
    durationMs: seconds * 1000,
  })
  if (result.failures > 0) throw new Error(`${result.failures} batches failed`)
  const rate = result.perSecond * batch
  return { perSecond: rate, events: (rate * (performance.now() - started)) / 1000 }
}

function singly(api: string, key: string, metered: Metered) {
  return paced({
    url: `${api}/events`,
    method: 'POST',
    headers: () => ({ authorization: `Bearer ${key}` }),
    body: () => JSON.stringify(eventFor(metered)),
    perSecond: 1000,
    durationMs: seconds * 1000,
  })
}

async function startApi(databaseUrl: string): Promise<string> {
  const script = new URL('api-servers.ts', import.meta.url).pathname
  const started = spawn(process.execPath, [script, 'ours', databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  const port = await new Promise<string>((resolve) =>
    started.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  )
  return `http://127.0.0.1:${port}/api`
}

/** A tenant with a subscription and five metrics, and a key for it. */
async function account(api: string): Promise<string> {
  const ask = async (path: string, credential: string, body: object): Promise<Record<string, string>> => {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
      },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as Record<string, string>
  }
  const { accessToken = '' } = await ask('/auth/register', '', {
    name: 'Bench',
    email: 'bench@example.com',
    password: 'a long passphrase',
    companyName: 'Bench',
    currency: 'KES',
    timezone: 'UTC',
  })
  const { key = '' } = await ask('/tenants/me/api-keys', accessToken, {
    name: 'bench',
    scopes: ['customers:write', 'plans:write', 'subscriptions:write', 'subscriptions:read'],
  })
  const { id: customerId } = await ask('/customers', key, { email: 'one@example.com' })
  const prices = [{ currency: 'KES', amount: 10 }]
  const { id: planId } = await ask('/plans', key, {
    name: 'Pro',
    code: 'pro',
    billingInterval: 'MONTHLY',
    prices,
  })
  const startDate = new Date(Date.now() - 21 * 86_400_000).toISOString().slice(0, 10)
  await ask('/subscriptions', key, { customerId, planId, startDate })
  for (const [index, aggregationType] of ['COUNT', 'SUM', 'SUM', 'MAX', 'WEIGHTED_SUM'].entries()) {
    await ask('/billable-metrics', key, {
      name: `Metric ${index}`,
      code: `metric-${index}`,
      aggregationType,
      ...(aggregationType === 'COUNT' ? {} : { fieldName: 'size' }),
    })
  }
  return key
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

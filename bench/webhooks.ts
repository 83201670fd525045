import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createSealer } from '../packages/server/src/secrets.ts'
import { createSender } from '../packages/server/src/slices/webhooks/send.ts'
import { newSecret, secretPlace } from '../packages/server/src/slices/webhooks/sign.ts'
import { startCluster, testSecrets } from '../packages/server/test/cluster.ts'
import { machine, perSecond, percent, say } from './machine.ts'

/**
 * Webhooks from the database to a receiver, by one worker process: how many a second of a backlog, and how long an
 * event takes to arrive while some endpoints are dead. Goals: ≥ 2,000/s; with 10 % dead endpoints the p99 of the others
 * ≤ 2 ×. The receiver is a process of its own on the same machine.
 *
 *     node bench/webhooks.ts [backlog=20000] [seconds=15]
 */
const [backlog = 20_000, seconds = 15] = process.argv.slice(2).map(Number)
const eventsPerSecond = 200
const cluster = await startCluster({ durable: true, settings: { shared_buffers: '512MB' } })
const owner = new pg.Client({ connectionString: cluster.url })
await owner.connect()
const sealer = createSealer(testSecrets.ENCRYPTION_KEY)
const children: ChildProcess[] = []
try {
  say(machine(String((await owner.query('show server_version')).rows[0]?.server_version)))
  const receiver = await startReceiver()
  const bare = await bareClient(receiver)
  say(`the same messages from memory, unsigned and unrecorded, 64 at once: ${perSecond(bare)}`)
  for (const endpoints of [1, 20]) {
    const { rate, cpuMs } = await drain(receiver, endpoints)
    say(
      `a backlog of ${backlog} to ${endpoints} endpoint${endpoints > 1 ? 's' : ''}: ${perSecond(rate)} (goal 2,000/s) · ${percent(rate / bare)} of that · ${cpuMs.toFixed(2)} ms of the worker's CPU each`,
    )
  }
  const well = await steady(receiver, 0)
  const ill = await steady(receiver, 5)
  say(`${eventsPerSecond}/s to 50 endpoints, all alive:  p50 ${ms(well.p50)}, p99 ${ms(well.p99)}`)
  say(
    `the same with 5 of them dead:     p50 ${ms(ill.p50)}, p99 ${ms(ill.p99)} of the others · ${(ill.p99 / well.p99).toFixed(2)} × (goal ≤ 2)`,
  )
} finally {
  for (const child of children) child.kill('SIGKILL')
  await owner.end()
  await cluster.stop()
}

type Receiver = { readonly port: string; latencies: () => Promise<number[]> }

async function startReceiver(): Promise<Receiver> {
  const { child, line } = start('webhooks-receiver.ts')
  const port = await line()
  return {
    port,
    async latencies() {
      child.stdin?.write('\n')
      return JSON.parse(await line())
    },
  }
}

function start(script: string, ...args: string[]): { child: ChildProcess; line: () => Promise<string> } {
  const child = spawn(process.execPath, [new URL(script, import.meta.url).pathname, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, line: async () => String((await lines.next()).value) }
}

async function startWorker(): Promise<{ child: ChildProcess; cpuMs: () => Promise<number> }> {
  const { child, line } = start('webhooks-worker.ts', cluster.url)
  await line()
  return {
    child,
    async cpuMs() {
      child.stdin?.write('\n')
      return Number(await line())
    },
  }
}

/** Environments with one endpoint each; the first `dead` of them never answer. */
async function seed({ port }: Receiver, endpoints: number, dead: number): Promise<string[]> {
  await owner.query(
    'truncate webhook_deliveries, webhook_endpoints, events, environments, tenants restart identity cascade',
  )
  const tenantId = randomUUID()
  const at = '2026-01-01T00:00:00Z'
  await owner.query(
    `insert into tenants (id, name, company_name, currency, timezone, settings, created_at, updated_at)
     values ($1, 'Bench', 'Bench', 'KES', 'UTC', '{}', $2, $2)`,
    [tenantId, at],
  )
  const environmentIds = Array.from({ length: endpoints }, () => randomUUID())
  for (const [index, environmentId] of environmentIds.entries()) {
    const id = randomUUID()
    await owner.query(
      `insert into environments (tenant_id, id, kind, name, created_at) values ($1, $2, 'TEST', $3, $4)`,
      [tenantId, environmentId, `test ${index}`, at],
    )
    await owner.query(
      `insert into webhook_endpoints (environment_id, id, tenant_id, is_default, url, events, resources, secret_sealed,
         is_active, read_transaction, read_event_id, steady_since, created_at, updated_at)
       values ($1, $2, $3, false, $4, '{*}', '{}', $5, true, pg_current_xact_id(), $2, pg_current_xact_id(), $6, $6)`,
      [
        environmentId,
        id,
        tenantId,
        `http://127.0.0.1:${port}/${index < dead ? 'dead' : 'fast'}`,
        sealer.seal(newSecret(), secretPlace(environmentId, id)),
        at,
      ],
    )
  }
  return environmentIds
}

function bodyOf(): string {
  return JSON.stringify({
    writtenAtMs: performance.timeOrigin + performance.now(),
    lines: Array.from({ length: 8 }, (_, line) => ({
      line,
      description: 'Pro plan, a month of it',
      amount: 2500,
    })),
  })
}

/** Writes events of about the size of an invoice. */
async function write(environmentIds: readonly string[], count: number): Promise<void> {
  await owner.query(
    `insert into events (environment_id, id, type, resource_id, body, occurred_at)
     select ($1::uuid[])[n % cardinality($1::uuid[]) + 1], gen_random_uuid(), 'invoice.paid', gen_random_uuid(), $2::json, '2026-01-01'
     from generate_series(1, $3::integer) n`,
    [environmentIds, bodyOf(), count],
  )
}

/** What the client and the receiver can do on this machine at this hour: the limit. */
async function bareClient(receiver: Receiver): Promise<number> {
  const sender = createSender('any')
  const message = { url: `http://127.0.0.1:${receiver.port}/fast`, headers: {}, body: `{"data":${bodyOf()}}` }
  const { signal } = new AbortController()
  let left = backlog
  const startedMs = performance.now()
  const lane = async (): Promise<void> => {
    while (left-- > 0) await sender.post(message, signal)
  }
  await Promise.all(Array.from({ length: 64 }, lane))
  sender.close()
  return backlog / ((performance.now() - startedMs) / 1000)
}

async function drain(receiver: Receiver, endpoints: number): Promise<{ rate: number; cpuMs: number }> {
  const environmentIds = await seed(receiver, endpoints, 0)
  await write(environmentIds, backlog)
  await receiver.latencies()
  const worker = await startWorker()
  const cpuBefore = await worker.cpuMs()
  const startedMs = performance.now()
  let arrived = 0
  while (arrived < backlog) {
    await sleep(100)
    arrived += (await receiver.latencies()).length
  }
  const rate = arrived / ((performance.now() - startedMs) / 1000)
  const cpuMs = ((await worker.cpuMs()) - cpuBefore) / arrived
  worker.child.kill('SIGKILL')
  return { rate, cpuMs }
}

async function steady(receiver: Receiver, dead: number): Promise<{ p50: number; p99: number }> {
  const environmentIds = await seed(receiver, 50, dead)
  const worker = await startWorker()
  await receiver.latencies()
  const rounds = seconds * 20
  const all: number[] = []
  const startedMs = performance.now()
  for (let round = 0; round < rounds; round++) {
    const picked = Array.from(
      { length: eventsPerSecond / 20 },
      (_, index) => environmentIds[(round * 10 + index) % 50] ?? '',
    )
    await write(picked, picked.length)
    await sleep(Math.max(0, startedMs + (round + 1) * 50 - performance.now()))
  }
  await sleep(2000)
  all.push(...(await receiver.latencies()))
  worker.child.kill('SIGKILL')
  const expected = (rounds * (eventsPerSecond / 20) * (50 - dead)) / 50
  if (all.length < expected) throw new Error(`${all.length} of ${expected} arrived`)
  all.sort((a, b) => a - b)
  const at = (share: number): number => all[Math.floor(all.length * share)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

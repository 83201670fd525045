import { spawn } from 'node:child_process'
import pg from 'pg'
import { startCluster } from '../packages/server/test/cluster.ts'
import { dueAt, pureSql, seed } from './billing-run-seed.ts'
import { machine, percent, perSecond, say } from './machine.ts'

/**
 * Renewal of due subscriptions over 100 tenants beside one set-based statement that writes the same rows.
 * Goals: ≥ 60 % of it, ≥ 8 × a transaction each, ≥ 1.4 × with a second process, < 200 MB, flat (± 20 %).
 *
 *     node bench/billing-run.ts [size] [sizes for flatness…]
 */
const [size = 100_000, ...sizes] = process.argv.slice(2).map(Number)
const tenants = 100
const cluster = await startCluster({
  durable: true,
  settings: { shared_buffers: '1GB', max_wal_size: '8GB' },
})
const admin = new pg.Client({ connectionString: at('postgres') })
await admin.connect()
try {
  say(machine(String((await admin.query('show server_version')).rows[0]?.server_version)))
  await prepare('seeded', size)

  const limit: number[] = []
  const ours: { perSecond: number; rss: number }[] = []
  const pairs: number[] = []
  for (let round = 0; round < 3; round++) {
    limit.push(size / (await pure()))
    ours.push(await workers('seeded', 1, 'batches', size))
    pairs.push((await workers('seeded', 2, 'batches', size)).perSecond)
  }
  const best = median(limit)
  const one = median(ours.map((run) => run.perSecond))
  const rss = Math.max(...ours.map((run) => run.rss))
  const two = median(pairs)
  const sample = 4000
  const singly = await workers('seeded', 1, 'singly', sample)
  say(`one set-based statement      ${perSecond(best)}`)
  say(
    `ours, one process            ${perSecond(one)} · ${percent(one / best)} of it (goal 60 %) · ${rss} MB (goal < 200)`,
  )
  say(`ours, two processes          ${perSecond(two)} · ${(two / one).toFixed(2)} × one (goal 1.4)`)
  say(
    `a transaction a subscription ${perSecond(singly.perSecond)} · ours is ${(one / singly.perSecond).toFixed(1)} × (goal 8)`,
  )
  await admin.query('drop database seeded')
  for (const other of sizes) {
    await prepare('seeded', other)
    const run = await workers('seeded', 1, 'batches', other)
    say(
      `at ${other.toLocaleString('en').padStart(9)} subscriptions    ${perSecond(run.perSecond)} · ${(1e6 / run.perSecond).toFixed(1)} µs an invoice · ${run.rss} MB`,
    )
    await admin.query('drop database seeded')
  }
} finally {
  await admin.end()
  await cluster.stop()
}

function at(database: string): string {
  const url = new URL(cluster.url)
  url.pathname = `/${database}`
  return url.href
}

async function prepare(name: string, count: number): Promise<void> {
  await admin.query(`create database ${name} template novabilling`)
  const owner = new pg.Client({ connectionString: at(name) })
  await owner.connect()
  await seed(owner, count, tenants)
  await owner.end()
}

async function onCopy<T>(work: (url: string) => Promise<T>): Promise<T> {
  await admin.query('create database copy template seeded strategy file_copy')
  await admin.query('checkpoint')
  try {
    return await work(at('copy'))
  } finally {
    await admin.query('drop database copy with (force)')
  }
}

/** Seconds that the limit takes. */
function pure(): Promise<number> {
  return onCopy(async (url) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const started = performance.now()
    try {
      const { rowCount } = await client.query(pureSql, [dueAt])
      const seconds = (performance.now() - started) / 1000
      if (rowCount !== size) throw new Error(`${rowCount} of ${size} were billed`)
      return seconds
    } finally {
      await client.end()
    }
  })
}

function workers(
  _from: string,
  processes: number,
  mode: string,
  count: number,
): Promise<{ perSecond: number; rss: number }> {
  return onCopy(async (url) => {
    const script = new URL('billing-run-worker.ts', import.meta.url).pathname
    const children = await Promise.all(
      Array.from({ length: processes }, async () => {
        const child = spawn(
          process.execPath,
          ['--max-semi-space-size=8', '--max-old-space-size=512', script, mode, url, String(count)],
          {
            stdio: ['pipe', 'pipe', 'inherit'],
          },
        )
        await new Promise((resolve) => child.stdout.once('data', resolve))
        return child
      }),
    )
    const started = performance.now()
    const results = await Promise.all(
      children.map(
        (child) =>
          new Promise<{ rss: number }>((resolve, reject) => {
            child.stdout.once('data', (chunk: Buffer) =>
              resolve(JSON.parse(chunk.toString()) as { rss: number }),
            )
            child.once('exit', () => reject(new Error('a worker ended without a result')))
            child.stdin.write('go\n')
          }),
      ),
    )
    const seconds = (performance.now() - started) / 1000
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('select count(*)::integer as count from invoices')
    await client.end()
    if (rows[0]?.count !== count) throw new Error(`${rows[0]?.count} of ${count} were billed`)
    return { perSecond: count / seconds, rss: Math.max(...results.map(({ rss }) => rss)) }
  })
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

import { spawn } from 'node:child_process'
import pg from 'pg'
import { generationAt } from '../packages/server/src/slices/usage/generations.ts'
import { startCluster } from '../packages/server/test/cluster.ts'
import { seed } from './billing-run-seed.ts'
import { machine, perSecond, say } from './machine.ts'

/**
 * Closing a period with usage: subscriptions with 5 lines of usage each, priced by five models, beside the same without
 * any usage, and again with more events behind every line. Goals: ≥ 200 invoices/s, whatever the number of events.
 *
 *     node bench/closing.ts [subscriptions] [events a day and line] [more of them]
 */
const [size = 10_000, few = 1, many = 5] = process.argv.slice(2).map(Number)
const tenants = 10
const days = 28
const lines = 5
const from = '2026-02-01T00:00:00Z'
const cluster = await startCluster({
  durable: true,
  settings: { shared_buffers: '1GB', max_wal_size: '8GB' },
})
const admin = new pg.Client({ connectionString: at('postgres') })
await admin.connect()
try {
  say(machine(String((await admin.query('show server_version')).rows[0]?.server_version)))
  const plain = await close(0)
  say(`without usage                 ${perSecond(plain.perSecond)}`)
  for (const events of [few, many]) {
    const { perSecond: rate, rss } = await close(events)
    say(
      `${lines} lines, ${(size * lines * days * events).toLocaleString('en').padStart(11)} events    ${perSecond(rate)} (goal 200/s) · ${(rate / plain.perSecond).toFixed(2)} of it · ${rss} MB`,
    )
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

/** Closes the period of every subscription, and holds what was billed against the events. */
async function close(events: number): Promise<{ perSecond: number; rss: number }> {
  await admin.query('create database closing template novabilling')
  const owner = new pg.Client({ connectionString: at('closing') })
  await owner.connect()
  try {
    await seed(owner, size, tenants)
    if (events > 0) await meter(owner, events)
    const run = await work(at('closing'))
    const { rows } = await owner.query(
      `select (select count(*) from invoices)::integer as invoices,
         count(*)::integer as lines, coalesce(sum(quantity), 0)::text as units
       from invoice_lines where type = 'USAGE'`,
    )
    const expected = {
      invoices: size,
      lines: events > 0 ? size * lines : 0,
      units: size * lines * days * events,
    }
    const found = rows[0] as { invoices: number; lines: number; units: string }
    if (
      found.invoices !== expected.invoices ||
      found.lines !== expected.lines ||
      Number(found.units) !== expected.units
    )
      throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
    return run
  } finally {
    await owner.end()
    await admin.query('drop database closing with (force)')
  }
}

/** Metrics, a charge of each, and so many events a day for each of them and subscription, added up. */
async function meter(owner: pg.Client, events: number): Promise<void> {
  const generation = generationAt(Date.parse(from))
  await owner.query('select keep_usage_generation($1)', [generation])
  await owner.query(
    `insert into billable_metrics (environment_id, id, name, code, aggregation_type, recurring, filters, created_at, updated_at)
     select e.id, gen_random_uuid(), 'Metric ' || n, 'metric-' || n, 'COUNT', false, '[]', $1, $1
     from environments e cross join generate_series(1, $2::integer) n`,
    [from, lines],
  )
  await owner.query(
    `insert into charges (environment_id, id, plan_id, billable_metric_id, charge_model, prorated, created_at)
     select m.environment_id, gen_random_uuid(), l.id, m.id,
       (array['STANDARD', 'GRADUATED', 'VOLUME', 'PACKAGE', 'PERCENTAGE'])[1 + right(m.code, 1)::integer % 5], false, $1
     from billable_metrics m join plans l on l.environment_id = m.environment_id`,
    [from],
  )
  const tiers = `{"tiers":[{"upTo":"10","unitPrice":"1","flatAmount":"2"},{"upTo":null,"unitPrice":"0.125","flatAmount":"0"}]}`
  await owner.query(
    `insert into charge_versions (environment_id, charge_id, revision, prices, filters, moves_existing, removed, created_at)
     select environment_id, id, 1, json_build_array(json_build_object('currency', 'KES', 'minimum', null, 'properties',
       case charge_model when 'STANDARD' then '{"unitPrice":"0.35"}' when 'PACKAGE' then '{"amount":"7","packageSize":"10","freeUnits":"3"}'
         when 'PERCENTAGE' then '{"rate":"2.5","fixedAmount":"0.1"}' else $2 end::json)), '[]', false, false, $1
     from charges`,
    [from, tiers],
  )
  await owner.query(`update plans set charges_revision = 1`)
  await owner.query(`update subscriptions set charges_revision = 1`)
  await owner.query(
    `with lines as (
       select s.environment_id, s.id as subscription_id, m.id as metric_id, $1::timestamptz + d * interval '1 day' as day
       from subscriptions s
       join billable_metrics m on m.environment_id = s.environment_id
       cross join generate_series(0, $2::integer - 1) d
     ), reported as (
       insert into usage_events (environment_id, id, generation, transaction_id, subscription_id, metric_id, occurred_at,
         received_at, properties, quantity, word, bucket_from, bucket_to, filter_values)
       select environment_id, gen_random_uuid(), $4, 'seed', subscription_id, metric_id, day + n * interval '1 minute', $1,
         '{}', null, null, day, day + interval '1 day', '{}'
       from lines cross join generate_series(1, $3::integer) n
     )
     insert into usage_buckets (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, events,
       total, moment, first_generation, changed_by)
     select environment_id, subscription_id, metric_id, day, day + interval '1 day', '{}', $3, 0, 0, $4, pg_current_xact_id()
     from lines`,
    [from, days, events, generation],
  )
  await owner.query('vacuum analyze')
  await owner.query('checkpoint')
}

async function work(url: string): Promise<{ perSecond: number; rss: number }> {
  const script = new URL('billing-run-worker.ts', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=8', '--max-old-space-size=512', script, 'batches', url],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = new Promise<never>((_, reject) =>
    child.once('exit', () => reject(new Error('the worker ended without a result'))),
  )
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended])
  const started = performance.now()
  child.stdin.write('go\n')
  const answer = await Promise.race([
    new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
    ended,
  ])
  const seconds = (performance.now() - started) / 1000
  const { rss } = JSON.parse(answer) as { rss: number }
  ended.catch(() => {})
  return { perSecond: size / seconds, rss }
}

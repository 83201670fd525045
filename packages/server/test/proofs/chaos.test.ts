import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { boot } from '../../src/boot.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { tick } from '../../src/slices/billing-run/run.ts'
import { collection } from '../../src/slices/collection/index.ts'
import { verify } from '../../src/verify.ts'
import { testSecrets } from '../cluster.ts'
import { type Caller, newTenant, startServer } from '../harness.ts'
import { newCustomer } from '../billing-story.ts'
import { newMethod, rows, stored } from '../payment-story.ts'
import { type Told, owedBySecond } from './owed-by-second.ts'
import { type Installation, clockOf, freePort, startProcess, untilReady } from './processes.ts'

/** How long it goes on, and how much faster than ours the time is: 60 seconds are two hours, of hourly periods. */
const durationMs = process.env['CI'] === 'true' ? 30_000 : Number(process.env['CHAOS_MS'] ?? 60_000)
const speed = 120
const subscriptions = 60
const lanes = 5
const workers = 3
const betweenKillsMs = 3000

/** Chance that can be told again: the numbers of a linear congruence (Numerical Recipes). */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const server = await startServer()
const installation: Installation = {
  databaseUrl: server.databaseUrl,
  originMs: systemClock.nowMs(),
  speed,
}
const time = clockOf(installation)

test('three workers that are killed again and again, and an API under changes of all kinds: every period is billed once, every second paid for once', async () => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const api = startProcess(installation, 'api', { PORT: String(port) })
  const running = Array.from({ length: workers }, () => startProcess(installation, 'worker'))
  let isOver = false
  let killing: Promise<number> = Promise.resolve(0)
  after(async () => {
    isOver = true
    await killing
    await Promise.all([api, ...running].map((one) => one.kill()))
  })
  await untilReady(origin, api)
  // A test environment whose clock was never set follows real time, and has a provider that pays.
  const { test: as, testEnvironmentId } = await newTenant({ ...server, api: `${origin}/api`, origin })
  const cast = await prepare(as)

  const untilMs = systemClock.nowMs() + durationMs
  killing = killAgainAndAgain()
  const seen: Record<string, number> = {}
  await Promise.all(Array.from({ length: lanes }, (_, lane) => act(lane)))
  const kills = await killing
  assert.ok(kills >= Math.floor(durationMs / betweenKillsMs) - 3, `${kills} workers were killed`)
  for (const kind of kinds) assert.ok((seen[kind] ?? 0) >= 5, `${kind} happened ${seen[kind] ?? 0} times`)
  const calmed = await Promise.all([api, ...running].map((one) => one.stop()))
  assert.deepEqual(new Set(calmed), new Set([0]), 'all of them end in peace')
  await settle()

  await accountForAll()

  async function killAgainAndAgain(): Promise<number> {
    const next = chance(7)
    let kills = 0
    while (systemClock.nowMs() + betweenKillsMs < untilMs) {
      await systemClock.sleep(betweenKillsMs)
      if (isOver) break
      const place = next(workers)
      await running[place]?.kill()
      running[place] = startProcess(installation, 'worker')
      kills++
    }
    return kills
  }

  /** One client: one call after another, to whatever subscription comes up. */
  async function act(lane: number): Promise<void> {
    const next = chance(1000 + lane)
    while (systemClock.nowMs() < untilMs) {
      const one = cast.lives[next(cast.lives.length)]
      const kind = kinds[next(kinds.length)]
      if (!one || !kind) continue
      const { method, path, body } = requestOf(kind, one, next)
      const { status, body: answer, text } = await as(method, path, body)
      // Someone else was faster, or what was asked for makes no sense any more.
      assert.ok(status === 200 || status === 409, `${method} ${path}: ${status} ${text}`)
      if (status !== 200) continue
      seen[kind] = (seen[kind] ?? 0) + 1
      if (kind === 'pauseCredited') cast.credited.add(`${one.id} ${Date.parse(answer.pausedAt)}`)
      await systemClock.sleep(5)
    }
  }

  function requestOf(
    kind: (typeof kinds)[number],
    { id }: { id: string },
    next: (below: number) => number,
  ): { method: string; path: string; body: object } {
    const url = `/subscriptions/${id}`
    const post = (verb: string, body: object) => ({ method: 'POST', path: `${url}/${verb}`, body })
    const newPlanId = cast.planIds[next(cast.planIds.length)]
    switch (kind) {
      case 'upgrade':
        return post('change-plan', { newPlanId, quantity: 1 + next(4), effective: 'now' })
      case 'later':
        return post('change-plan', { newPlanId, quantity: 1 + next(4), effective: 'period_end' })
      case 'quantity':
        return { method: 'PATCH', path: url, body: { quantity: 1 + next(5) } }
      case 'pause':
        return post(
          'pause',
          next(2) === 0
            ? {}
            : {
                resumeAt: time
                  .now()
                  .add({ minutes: 5 + next(60) })
                  .toString(),
              },
        )
      case 'pauseCredited':
        return post('pause', { creditUnused: true })
      case 'resume':
        return post('resume', {})
      case 'cancelLater':
        return post('cancel', { cancelAt: 'period_end' })
      case 'uncancel':
        return post('uncancel', {})
      case 'cancel':
        // Few enough that there is something left to the end.
        return next(6) === 0 ? post('cancel', { cancelAt: 'now' }) : post('uncancel', {})
    }
  }

  async function accountForAll(): Promise<void> {
    const found = await rows(
      server,
      `select s.id, s.status, s.parked_reason, s.current_period_end,
         (select json_agg(json_build_object('type', e.type, 'atMs', extract(epoch from e.occurred_at) * 1000, 'body', e.body)
            order by e.occurred_at, e.id)
          from events e where e.environment_id = s.environment_id and e.resource_id = s.id) as told,
         (select count(*)::int from invoices i where i.environment_id = s.environment_id and i.subscription_id = s.id) as invoices,
         (select sum(total_minor)::float8 from invoices i
          where i.environment_id = s.environment_id and i.subscription_id = s.id) as invoiced,
         (select count(*)::int from credit_notes n where n.environment_id = s.environment_id and n.subscription_id = s.id) as notes,
         (select coalesce(sum(total_minor), 0)::float8 from credit_notes n
          where n.environment_id = s.environment_id and n.subscription_id = s.id) as credited
       from subscriptions s where s.environment_id = $1`,
      [testEnvironmentId],
    )
    assert.equal(found.length, subscriptions)
    const nowMs = time.nowMs()
    for (const { id, status, parked_reason, current_period_end: end, told, ...sums } of found) {
      const own = cast.lives.find((one) => stored(one.id) === id)
      assert.equal(parked_reason, null)
      if (status === 'ACTIVE' || status === 'PAST_DUE')
        assert.ok(Date.parse(String(end)) > nowMs, `${own?.id} is billed up to ${String(end)}`)
      const owed = owedBySecond(told as Told[], cast.prices, (atMs) =>
        cast.credited.has(`${own?.id} ${atMs}`),
      )
      const charged = Number(sums['invoiced']) - Number(sums['credited'])
      const most = (Number(sums['invoices']) + Number(sums['notes'])) / 2
      assert.ok(
        Math.abs(charged - owed) <= most,
        `${own?.id} was charged ${charged}, and its seconds cost ${owed}:\n${(told as Told[]).map(line).join('\n')}`,
      )
    }
    for await (const { name, breaches } of verify(server.deps.workerDb)) assert.deepEqual(breaches, [], name)
  }
})

function line({ type, atMs, body }: Told): string {
  const at = new Date(atMs).toISOString().slice(11)
  return `${at} ${type.slice(13)} ${body.quantity} × ${body.planId.slice(-3)} ${body.status} from ${body.currentPeriodStart.slice(11)}`
}

const kinds = [
  'upgrade',
  'later',
  'quantity',
  'pause',
  'pauseCredited',
  'resume',
  'cancelLater',
  'uncancel',
  'cancel',
] as const

/** Plans whose second costs so much that one too many or too few stands out from all rounding. */
async function prepare(as: Caller) {
  const prices = new Map<string, number>()
  const planIds: string[] = []
  for (const [minor, intervalCount] of [
    [3_600_000, 1],
    [5_123_400, 1],
    [7_777_700, 2],
  ] as const) {
    const { body, text } = await as('POST', '/plans', {
      name: `Hourly ${minor}`,
      code: `hourly-${minor}`,
      billingInterval: 'HOURLY',
      intervalCount,
      prices: [{ currency: 'KES', amount: minor / 100 }],
    })
    assert.ok(body.id, text)
    prices.set(body.id, minor)
    planIds.push(body.id)
  }
  const lives: { id: string }[] = []
  const next = chance(3)
  for (let count = 0; count < subscriptions; count++) {
    const customer = await newCustomer(as, { currency: 'KES', timezone: 'UTC' })
    if (count % 3 > 0)
      await newMethod(as, customer.id, count % 3 === 1 ? 'sandbox_succeeds' : 'sandbox_declined')
    const { status, body, text } = await as('POST', '/subscriptions', {
      customerId: customer.id,
      planId: planIds[next(2)],
      quantity: 1 + next(3),
      // Within the hour, so that the first period is the one under way, and they end one after the other.
      startDate: time
        .now()
        .subtract({ minutes: next(59) })
        .toString(),
    })
    assert.equal(status, 201, text)
    lives.push(body)
  }
  return { prices, planIds, lives, credited: new Set<string>() }
}

/** What a calm worker would do, until there is nothing left. */
async function settle(): Promise<void> {
  const config = readConfig({ ...testSecrets, DATABASE_URL: server.databaseUrl })
  const { deps, close } = await boot(config, { clock: time, log: createLog('silent') })
  try {
    while (await tick(deps));
    // Leases of those who died run out.
    for (let rest = 0; rest < 3; rest++) {
      await systemClock.sleep(1000)
      while ((await tick(deps)) || (await collection.tick(deps)));
    }
  } finally {
    await close()
  }
}

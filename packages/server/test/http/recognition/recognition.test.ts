import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { publicId } from '../../../src/ids.ts'
import { recogniseEnvironment, recognition } from '../../../src/slices/recognition/index.ts'
import { verify } from '../../../src/verify.ts'
import { type Caller, type TestTenant, newTenant, startServer } from '../../harness.ts'
import { asOwner, invoicesOf, runBilling, subscribe } from '../../billing-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

/** Does what the worker would do now, until there is nothing left to do. */
async function recognise(): Promise<void> {
  while (await recognition.tick(server.deps));
}

async function balanceOf(as: Caller, account: string, asOf?: string): Promise<number> {
  const { currencies } = await get(as, `/ledger/trial-balance${asOf === undefined ? '' : `?asOf=${asOf}`}`)
  const row = currencies[0]?.accounts.find((one: { account: string }) => one.account === account)
  return row === undefined ? 0 : Math.round((row.credit - row.debit) * 100)
}

async function everythingHolds(): Promise<void> {
  for await (const { name, breaches } of verify(server.deps.workerDb)) assert.deepEqual(breaches, [], name)
}

/** What was recognised, by day. */
function daysOf(tenant: TestTenant) {
  return asOwner<{ day: string; minor: string }>(
    server,
    `select day::text, amount_minor as minor from revenue_days
     where environment_id in ($1, $2) order by day, currency`,
    [tenant.liveEnvironmentId, tenant.testEnvironmentId],
  )
}

test('revenue is earned by day: never early, all of it at the end of the period, deferred is what is left', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const tenant = await newTenant(server, { timezone: 'UTC' })
  const as = tenant.live
  await subscribe(as, { endDate: '2026-02-10' }, { customer: { timezone: 'UTC' } })
  await recognise()
  assert.equal(await balanceOf(as, 'revenue'), 0, 'the first day is not over')
  server.clock.set('2026-01-11T00:00:00Z')
  await recognise()
  assert.equal(await balanceOf(as, 'revenue'), 161)
  for (const [day, minor] of [
    ['2026-01-31', 3386],
    ['2026-02-09', 4837],
    ['2026-02-10', 4999],
  ] as const) {
    server.clock.set(`${day}T00:00:00Z`)
    await recognise()
    assert.equal(await balanceOf(as, 'revenue'), minor, day)
    assert.equal(await balanceOf(as, 'deferred_revenue'), 4999 - minor, day)
    await everythingHolds()
  }
  server.clock.set('2026-03-10T00:00:00Z')
  await runBilling(server)
  await recognise()
  assert.equal(await balanceOf(as, 'revenue'), 4999)
  assert.equal(await balanceOf(as, 'revenue', '2026-01-10'), 161, 'as of a past day it is what it was then')
})

test('after an outage each day is recognised with its own date, once, by however many workers', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const inTime = await newTenant(server, { timezone: 'Africa/Nairobi' })
  const late = await newTenant(server, { timezone: 'Africa/Nairobi' })
  for (const tenant of [inTime, late])
    await subscribe(tenant.live, { quantity: 7 }, { customer: { timezone: 'Africa/Nairobi' } })
  const hidden = (isHidden: boolean) =>
    asOwner(server, 'update recognition_clocks set on_test_clock = $2 where environment_id = $1', [
      late.liveEnvironmentId,
      isHidden,
    ])
  await hidden(true)
  for (let day = 11; day <= 31; day++) {
    server.clock.set(`2026-01-${day}T00:00:00Z`)
    await recognise()
  }
  server.clock.set('2026-03-20T00:00:00Z')
  await runBilling(server)
  await recognise()
  await hidden(false)
  await Promise.all(
    Array.from({ length: 8 }, () =>
      recogniseEnvironment(server.deps, late.liveEnvironmentId, server.clock.now()),
    ),
  )
  const days = await daysOf(late)
  assert.deepEqual(days, await daysOf(inTime))
  assert.equal(days.length, 69)
  assert.equal(await balanceOf(late.live, 'revenue', '2026-02-09'), 7 * 4999)
  await everythingHolds()
})

test('a day waits for the billing run, so that what is billed late is earned on its own days', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const tenant = await newTenant(server, { timezone: 'UTC' })
  await subscribe(tenant.live, {}, { customer: { timezone: 'UTC' } })
  server.clock.set('2026-03-01T00:00:00Z')
  await recognise()
  assert.equal((await daysOf(tenant)).at(-1)?.day, '2026-02-09')
  await runBilling(server)
  await recognise()
  assert.equal((await daysOf(tenant)).length, 50)
  await everythingHolds()
})

test('an invoice for days that are closed is made up for on the next one', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const tenant = await newTenant(server, { timezone: 'UTC' })
  const as = tenant.live
  await subscribe(as, {}, { customer: { timezone: 'UTC' } })
  server.clock.set('2026-02-05T12:00:00Z')
  await recognise()
  const before = await balanceOf(as, 'revenue')
  await subscribe(as, { startDate: '2026-01-01' }, { customer: { timezone: 'UTC' } })
  await everythingHolds()
  server.clock.set('2026-02-06T00:00:00Z')
  await recognise()
  // 1 day of the first, all of January of the second, and 5 days of its February.
  assert.equal((await balanceOf(as, 'revenue')) - before, Math.floor((4999 * 27) / 31) - before + 4999 + 892)
  await everythingHolds()
})

test('whoever closes the days of an environment does it alone: another finds nothing to do meanwhile', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const tenant = await newTenant(server, { timezone: 'UTC' })
  await subscribe(tenant.live, {}, { customer: { timezone: 'UTC' } })
  server.clock.set('2026-01-12T00:00:00Z')
  const holder = new pg.Client({ connectionString: server.databaseUrl })
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from recognition_clocks where environment_id = $1 for update', [
    tenant.liveEnvironmentId,
  ])
  await recognise()
  assert.deepEqual(await daysOf(tenant), [])
  await holder.query('rollback')
  await holder.end()
  await recognise()
  assert.equal((await daysOf(tenant)).length, 2)
})

test('what was recognised of a void invoice is taken back, whether the void came before or after', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const tenant = await newTenant(server, { timezone: 'UTC' })
  const as = tenant.live
  const early = await subscribe(as, {}, { customer: { timezone: 'UTC' } })
  const later = await subscribe(as, {}, { customer: { timezone: 'UTC' } })
  const stays = await subscribe(as, {}, { customer: { timezone: 'UTC' } })
  const voided = async ({ id }: { id: string }) =>
    assert.equal((await as('POST', `/invoices/${(await invoicesOf(as, id))[0].id}/void`)).status, 200)
  await voided(early)
  server.clock.set('2026-01-20T12:00:00Z')
  await recognise()
  await everythingHolds()
  assert.equal(await balanceOf(as, 'revenue'), 2 * 1612)
  await voided(later)
  await everythingHolds()
  server.clock.set('2026-01-21T12:00:00Z')
  await recognise()
  assert.equal(await balanceOf(as, 'revenue'), 1773)
  assert.equal(await balanceOf(as, 'deferred_revenue'), 4999 - 1773)
  await everythingHolds()
  assert.ok(stays)
})

test('a test clock recognises every day on its way, as real time would have', async () => {
  const tenant = await newTenant(server, { timezone: 'UTC' })
  const id = publicId('environment', tenant.testEnvironmentId)
  const move = async (body: object) =>
    assert.equal((await tenant.session('POST', `/tenants/me/environments/${id}/clock`, body)).status, 200)
  await move({ now: '2026-01-10T09:00:00Z' })
  await subscribe(tenant.test, {}, { customer: { timezone: 'UTC' } })
  await move({ now: '2026-01-25T12:00:00Z' })
  assert.equal(await balanceOf(tenant.test, 'revenue'), 2418)
  await move({ advance: { years: 1 } })
  const days = await daysOf(tenant)
  assert.equal(days.length, 380)
  assert.equal(await balanceOf(tenant.test, 'revenue', '2027-01-09'), 12 * 4999)
  await everythingHolds()
})

test('a line is no more than a part of one sum: a day is two entries, however many subscriptions there are', async () => {
  server.clock.set('2026-05-01T00:00:00Z')
  const tenant = await newTenant(server, { timezone: 'UTC' })
  const { planId } = await subscribe(tenant.live, {}, { customer: { timezone: 'UTC' } })
  for (let count = 1; count < 5; count++)
    await subscribe(tenant.live, { planId }, { customer: { timezone: 'UTC' } })
  server.clock.set('2026-05-02T00:00:00Z')
  await recognise()
  const { data } = await get(tenant.live, '/ledger/entries?account=revenue')
  assert.deepEqual(
    data.map((one: { credit: number; documentKind: string; occurredAt: string }) => [
      one.credit,
      one.documentKind,
      one.occurredAt,
    ]),
    [[8.05, 'RECOGNITION', '2026-05-01T23:59:59.999Z']],
  )
  assert.equal((await get(tenant.live, `/ledger/entries?document=${data[0].documentId}`)).data.length, 2)
})

test('whatever is issued, voided and closed in whatever order: deferred is what is not yet earned, and it all ends up earned', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ act: fc.constant('subscribe' as const), backDays: fc.nat(40), zone: fc.nat(2) }),
          fc.record({ act: fc.constant('void' as const), which: fc.nat(20) }),
          fc.record({ act: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 400 }) }),
          fc.record({ act: fc.constant('recognise' as const) }),
        ),
        { minLength: 5, maxLength: 14 },
      ),
      async (steps) => {
        server.clock.set('2026-06-10T09:00:00Z')
        const tenant = await newTenant(server, { timezone: 'Africa/Nairobi' })
        const as = tenant.live
        const mine: string[] = []
        const gone = new Set<string>()
        const zones = ['Pacific/Auckland', 'Africa/Nairobi', 'America/Los_Angeles']
        for (const step of steps) {
          if (step.act === 'subscribe') {
            const start = server.clock
              .now()
              .subtract({ hours: 24 * step.backDays })
              .toString()
            const end = server.clock
              .now()
              .add({ hours: 24 * 45 })
              .toString()
            const dates = { startDate: start, endDate: end }
            mine.push((await subscribe(as, dates, { customer: { timezone: zones[step.zone] } })).id)
          } else if (step.act === 'void') {
            const id = mine[step.which]
            const invoice = id === undefined ? undefined : (await invoicesOf(as, id))[0]
            if (invoice?.status !== 'PENDING') continue
            assert.equal((await as('POST', `/invoices/${invoice.id}/void`)).status, 200)
            gone.add(invoice.id)
          } else if (step.act === 'wait') {
            server.clock.advance({ hours: step.hours })
            await runBilling(server)
          } else await recognise()
          await everythingHolds()
        }
        server.clock.advance({ hours: 24 * 120 })
        await runBilling(server)
        await recognise()
        await everythingHolds()
        let issued = 0
        for (const id of mine)
          for (const invoice of await invoicesOf(as, id))
            if (!gone.has(invoice.id)) issued += Math.round(invoice.total * 100)
        assert.equal(await balanceOf(as, 'deferred_revenue'), 0)
        assert.equal(await balanceOf(as, 'revenue'), issued)
      },
    ),
    { numRuns: 8, seed: 20_260_601 },
  )
})

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { verify } from '../../../src/verify.ts'
import type { Fault } from '../../../src/simulators/world.ts'
import { eventsOf, get, rows, stored } from '../../payment-story.ts'
import { type Subject, dueBy, moved, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'
import { type Cut, cutter, killAtOnce, lockInvoice, startWorker } from './kill-story.ts'

const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator

afterEach(() => {
  world.delivery = 'once'
  world.faults.length = 0
})

const charging = subjects.filter(({ tokens }) => tokens !== null)
/** One that knows nothing by our reference has to tell by itself; of all others no notice arrives. */
const groups = [
  { who: 'providers', delivery: 'never', of: charging.filter(({ phone }) => phone === undefined) },
  {
    who: 'one that asks on the phone',
    delivery: 'once',
    of: charging.filter(({ phone }) => phone !== undefined),
  },
] as const

async function due(subject: Subject) {
  // The worker's time is real.
  server.clock.set(systemClock.now().toString())
  const { as } = await withAccount(stage, subject)
  return { as, subject, ...(await dueBy(as, subject, subject.tokens?.succeeds ?? '')) }
}
type Due = Awaited<ReturnType<typeof due>>

function fail({ name, faultPath }: Subject, kind: Fault['kind']): void {
  world.faults.push({ provider: name, kind, ...(faultPath === undefined ? {} : { path: faultPath }) })
}

/** After the lease of the dead, and after everything that a new process asks about. */
async function afterwards(): Promise<void> {
  await world.settled()
  for (let round = 0; round < 4; round++) {
    server.clock.advance({ minutes: 20 })
    await work(stage)
  }
}

/** One capture, one event for each change, the books in order, nothing lost. */
async function allIsWell({ as, subject, payment, invoice }: Due): Promise<void> {
  assert.deepEqual(moved(stage, payment.id), [[subject.units, subject.currency]], 'one capture')
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 1)
  assert.deepEqual(await eventsOf(server, payment), ['payment.succeeded'])
  assert.equal((await eventsOf(server, invoice)).filter((type) => type === 'invoice.paid').length, 1)
  const [cash] = await rows(
    server,
    `select count(*)::int as n from ledger_entries where account = $1 and document_id = $2`,
    [`cash:${subject.name}`, stored(payment.id)],
  )
  assert.equal(cash?.['n'], 1)
}

async function promisesHold(): Promise<void> {
  for await (const { name, breaches } of verify(server.deps.workerDb)) assert.deepEqual(breaches, [], name)
}

for (const { who, delivery, of } of groups) {
  for (const [kind, when, captured] of [
    ['hold_before', 'the charge has arrived and is not made yet: it is captured once', 0],
    ['hold_after', 'the charge is made and not answered yet: it is found, and not made again', 1],
  ] as const) {
    test(`${who}: killed when ${when}`, async () => {
      world.delivery = delivery
      const all: Due[] = []
      for (const subject of of) all.push(await due(subject))
      for (const { subject } of all) fail(subject, kind)
      const worker = startWorker(stage)
      await world.untilHeld(all.length)
      for (const { payment } of all) assert.equal(moved(stage, payment.id).length, captured)
      await killAtOnce(worker)
      world.letGo()
      await afterwards()
      for (const one of all) await allIsWell(one)
      await promisesHold()
    })
  }
}

const [paystack] = charging
assert.ok(paystack)
const subject = paystack

test('killed when the provider has answered and nothing is written down yet: the charge is found, and not made again', async () => {
  world.delivery = 'never'
  const all = await due(subject)
  const lock = await lockInvoice(stage, stored(all.invoice.id))
  const worker = startWorker(stage)
  await lock.untilWaitedFor()
  assert.equal(moved(stage, all.payment.id).length, 1)
  await killAtOnce(worker)
  await lock.letGo()
  assert.equal((await get(all.as, `/payments/${all.payment.id}`)).status, 'PROCESSING')
  await afterwards()
  await allIsWell(all)
  await promisesHold()
})

for (const [cut, before] of [
  ['before_commit', 'PROCESSING'],
  ['after_commit', 'SUCCEEDED'],
] as const satisfies readonly (readonly [Cut, string])[]) {
  test(`the database's connection breaks ${cut.replace('_', ' the ')} of an outcome: it is written down once`, async () => {
    world.delivery = 'never'
    const all = await due(subject)
    fail(subject, 'hold_after')
    const between = await cutter(server.databaseUrl, cut)
    const worker = startWorker(stage, between.url)
    await world.untilHeld()
    between.arm()
    world.letGo()
    await between.untilCut()
    await killAtOnce(worker)
    assert.equal((await get(all.as, `/payments/${all.payment.id}`)).status, before)
    await afterwards()
    await allIsWell(all)
    await promisesHold()
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disputeLoop } from '../../../src/slices/payments/index.ts'
import { verify } from '../../../src/verify.ts'
import { eventsOf, get, rows } from '../../payment-story.ts'
import { choose, dueBy, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator

async function dispute(provider: string, reference: string, status: string): Promise<void> {
  const answer = await fetch(`${simulator.origin}/_control/disputes`, {
    method: 'POST',
    body: JSON.stringify({ provider, reference, status }),
  })
  assert.equal(answer.status, 204)
  await world.settled()
}

async function broken(): Promise<string[]> {
  const names: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (breaches.length > 0) names.push(name)
  return names
}

async function swept(): Promise<void> {
  while (await disputeLoop.tick(server.deps));
}

/** A dispute like this one, over a payment that is nobody's here. */
function foreign(provider: string, like: object, number: number): object {
  if (provider === 'STRIPE') {
    const merchants = world.store<string>('stripe.merchants')
    const payment = `pi_other${number}`
    merchants.set(payment, merchants.get(String(Reflect.get(like, 'payment_intent'))) ?? '')
    return { ...like, id: `dp_other${number}`, payment_intent: payment }
  }
  const shown: unknown = Reflect.get(like, 'shown')
  assert.ok(typeof shown === 'object')
  return { ...like, shown: { ...shown, id: 7_000_000 + number, transaction: { id: 8_000_000 + number } } }
}

for (const name of ['PAYSTACK', 'STRIPE']) {
  const subject = subjects.find((one) => one.name === name)
  assert.ok(subject)
  // The reference as the provider knows it.
  const knownAs = (reference: string): string =>
    name === 'PAYSTACK' ? reference.replaceAll('_', '-') : reference

  test(`${name}: a dispute is kept with its payment, told once when it is new and once when it is over`, async () => {
    const { as } = await withAccount(stage, subject)
    const { payment, invoice } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    world.delivery = 'ten_times'
    await dispute(name, knownAs(payment.id), 'open')
    const [open, ...more] = (await get(as, `/payments/${payment.id}`)).disputes
    assert.deepEqual([open.status, open.amount, more.length], ['OPEN', subject.price, 0])
    assert.match(open.reason, /\w/)
    assert.deepEqual(await eventsOf(server, payment), ['payment.succeeded', 'payment.disputed'])

    await dispute(name, knownAs(payment.id), 'lost')
    // What was sent before and comes late changes nothing.
    await dispute(name, knownAs(payment.id), 'open')
    world.delivery = 'once'
    const after = await get(as, `/payments/${payment.id}`)
    assert.deepEqual(
      after.disputes.map(({ id, status }: { id: string; status: string }) => [id, status]),
      [[open.id, 'LOST']],
    )
    assert.equal(after.status, 'SUCCEEDED')
    assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
    assert.deepEqual(await eventsOf(server, payment), [
      'payment.succeeded',
      'payment.disputed',
      'payment.dispute_closed',
    ])
    assert.deepEqual(await broken(), [])
  })

  test(`${name}: of what was paid on a page, and heard of only when it was over, both are told`, async () => {
    const { as } = await withAccount(stage, subject)
    const { session } = await onPage(as, subject)
    await choose(stage, session.url, 'succeed')
    await work(stage)
    const { paymentId } = await get(as, `/checkout-sessions/${session.id}`)
    world.delivery = 'wrong_signature'
    await dispute(name, knownAs(session.id), 'open')
    assert.deepEqual((await get(as, `/payments/${paymentId}`)).disputes, [])
    world.delivery = 'once'
    await dispute(name, knownAs(session.id), 'won')
    const [only] = (await get(as, `/payments/${paymentId}`)).disputes
    assert.equal(only.status, 'WON')
    assert.deepEqual(await eventsOf(server, { id: paymentId }), [
      'payment.succeeded',
      'payment.disputed',
      'payment.dispute_closed',
    ])
  })

  test(`${name}: a dispute that it could not be asked about is kept when it tells of it again`, async () => {
    const { as } = await withAccount(stage, subject)
    const { payment } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    world.faults.push({ provider: name, kind: 'error', path: '/dispute' })
    await dispute(name, knownAs(payment.id), 'open')
    assert.deepEqual((await get(as, `/payments/${payment.id}`)).disputes, [])
    await dispute(name, knownAs(payment.id), 'open')
    assert.equal((await get(as, `/payments/${payment.id}`)).disputes.length, 1)
  })

  test(`${name}: disputes whose webhooks are lost are found by asking, however often and by whom, and told once`, async () => {
    const { as } = await withAccount(stage, subject)
    const { payment } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    world.delivery = 'never'
    await dispute(name, knownAs(payment.id), 'open')
    // More than one page of others', which came later.
    const store = world.store<object>(`${name.toLowerCase()}.disputes`)
    const [, ours] = [...store].at(-1) ?? []
    for (let other = 0; other < 130; other++) store.set(`other${other}`, foreign(name, ours ?? {}, other))
    await Promise.all([swept(), swept(), swept()])
    const found = async () =>
      (await get(as, `/payments/${payment.id}`)).disputes.map((one: { status: string }) => one.status)
    assert.deepEqual(await found(), ['OPEN'])
    for (let other = 0; other < 130; other++) store.delete(`other${other}`)

    await dispute(name, knownAs(payment.id), 'lost')
    await swept()
    assert.deepEqual(await found(), ['OPEN'], 'it is not asked again at once')
    server.clock.advance({ hours: 3 })
    await Promise.all([swept(), swept()])
    assert.deepEqual(await found(), ['LOST'])
    world.delivery = 'ten_times'
    await dispute(name, knownAs(payment.id), 'lost')
    world.delivery = 'once'
    server.clock.advance({ hours: 3 })
    await swept()
    assert.deepEqual(await eventsOf(server, payment), [
      'payment.succeeded',
      'payment.disputed',
      'payment.dispute_closed',
    ])
  })

  test(`${name}: a dispute that was opened before what is listed now is asked about until it has ended`, async () => {
    const { as } = await withAccount(stage, subject)
    const { payment } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    await dispute(name, knownAs(payment.id), 'open')
    server.clock.advance({ days: 20 })
    await swept()
    world.delivery = 'never'
    await dispute(name, knownAs(payment.id), 'won')
    world.delivery = 'once'
    server.clock.advance({ hours: 3 })
    await swept()
    const [only] = (await get(as, `/payments/${payment.id}`)).disputes
    assert.equal(only.status, 'WON')
  })

  test(`${name}: where it cannot be asked, what was lost is found half an hour later, and no other account waits`, async () => {
    const lost = await withAccount(stage, subject)
    const { payment } = await dueBy(lost.as, subject, subject.tokens?.succeeds ?? '')
    const mended = await withAccount(stage, subject)
    const { payment: other } = await dueBy(mended.as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    const path = `/payment-providers/${lost.account.id}`
    await lost.as('PATCH', path, { credentials: subject.wrong[0] })
    world.delivery = 'never'
    for (const one of [payment, other]) await dispute(name, knownAs(one.id), 'open')
    world.delivery = 'once'
    const disputesOf = async (as: typeof lost.as, one: { id: string }) =>
      (await get(as, `/payments/${one.id}`)).disputes.length
    await swept()
    assert.deepEqual([await disputesOf(lost.as, payment), await disputesOf(mended.as, other)], [0, 1])
    await lost.as('PATCH', path, { credentials: lost.credentials })
    server.clock.advance({ minutes: 31 })
    await swept()
    assert.equal(await disputesOf(lost.as, payment), 1)
  })

  test(`${name}: another account that hears of it keeps nothing`, async () => {
    const { as } = await withAccount(stage, subject)
    const { payment } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    const { account: other } = await withAccount(stage, subject)
    for (const [key, address] of world.addresses)
      world.addresses.set(key, address.replace(/prov_\w+$/, other.id))
    await dispute(name, knownAs(payment.id), 'open')
    assert.deepEqual((await get(as, `/payments/${payment.id}`)).disputes, [])
  })
}

test('a dispute that was never of a paid payment, or is over more than was paid, is found', async () => {
  const name = 'every dispute is of a payment that has succeeded, over no more than was paid'
  assert.deepEqual(await broken(), [])
  await rows(server, 'update payment_disputes set amount_minor = amount_minor * 2')
  assert.deepEqual(await broken(), [name])
  await rows(server, 'update payment_disputes set amount_minor = amount_minor / 2')
  assert.deepEqual(await broken(), [])
})

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { everythingHolds } from '../../credit-story.ts'
import { collect, get, rows, stored } from '../../payment-story.ts'
import { dueBy, moved, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

/** What must hold when things go wrong at the worst moment: between two of ours, or long after. */
const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator

afterEach(() => {
  world.delivery = 'once'
  world.faults.length = 0
  world.letGo()
})

const subjectOf = (name: string) => {
  const subject = subjects.find((one) => one.name === name)
  assert.ok(subject)
  return subject
}
const refundsAt = (name: string): string[] =>
  world.movements.flatMap(({ provider, kind, units }) =>
    provider === name && kind === 'refund' ? [units] : [],
  )

for (const name of ['STRIPE', 'PAYSTACK', 'FLUTTERWAVE'])
  for (const kind of ['drop_before', 'drop_after'] as const)
    test(`${name}: a charge that is asked about when its key is long forgotten is found by our reference, and made once (${kind})`, async () => {
      const subject = subjectOf(name)
      const { as } = await withAccount(stage, subject)
      const { payment, invoice } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
      const path = subject.faultPath === undefined ? {} : { path: subject.faultPath }
      // A library that repeats a broken call by itself meets the same each time.
      for (let time = 0; time < (subject.repeatsItself ? 3 : 1); time++)
        world.faults.push({ provider: name, kind, ...path })
      await collect(server)
      assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
      world.faults.length = 0
      world.store('stripe.keys').clear()
      server.clock.advance({ hours: 73 })
      for (let round = 0; round < 3; round++) {
        await work(stage)
        server.clock.advance({ hours: 1 })
      }
      assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
      assert.equal(moved(stage, payment.id).length, 1)
    })

test('a part that goes back, and a dispute of it, while its invoice is being voided: one after the other, and the books have both', async () => {
  const subject = subjectOf('STRIPE')
  const { as } = await withAccount(stage, subject)
  for (let round = 0; round < 6; round++) {
    const { payment, invoice } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    const dispute = fetch(`${simulator.origin}/_control/disputes`, {
      method: 'POST',
      body: JSON.stringify({ provider: 'STRIPE', reference: payment.id, status: 'open' }),
    })
    const [refunded, voided, noted] = await Promise.all([
      as('POST', `/payments/${payment.id}/refund`, { amount: subject.price / 2 }),
      as('POST', `/invoices/${invoice.id}/void`, {}),
      as('POST', '/credit-notes', {
        invoiceId: invoice.id,
        amount: subject.price / 2,
        reason: 'OTHER',
        refund: true,
      }),
      dispute,
    ])
    await world.settled()
    await work(stage)
    // Paid, it cannot be void; of its money as much goes back as each was promised, and never more than there was.
    assert.equal(voided.status, 409, voided.text)
    assert.ok([200, 409].includes(refunded.status), refunded.text)
    assert.ok([201, 409].includes(noted.status), noted.text)
    const after = await get(as, `/payments/${payment.id}`)
    const promised = (refunded.status === 200 ? 1 : 0) + (noted.status === 201 ? 1 : 0)
    assert.equal(after.refundedAmount, (promised * subject.price) / 2)
    assert.equal(after.disputes.length, 1)
    await everythingHolds(server)
  }
})

test('an invoice that is paid in part and voided while that part goes back is void with nothing kept, or stays as it was', async () => {
  const subject = subjectOf('STRIPE')
  const { as } = await withAccount(stage, subject)
  for (let round = 0; round < 6; round++) {
    const { invoice } = await onPage(as, subject)
    const part = await as('POST', '/payments', { invoiceId: invoice.id, method: 'CASH', amount: 20 })
    assert.equal(part.status, 201, part.text)
    const [back, voided] = await Promise.all([
      as('POST', `/payments/${part.body.id}/refund`, {}),
      as('POST', `/invoices/${invoice.id}/void`, {}),
    ])
    assert.equal(back.status, 200, back.text)
    const after = await get(as, `/invoices/${invoice.id}`)
    assert.deepEqual([after.amountPaid, after.status], [0, voided.status === 200 ? 'VOID' : 'PENDING'])
    await everythingHolds(server)
  }
})

test('a part that goes back of an invoice that is open, or was given up, is owed again, in the books too', async () => {
  const subject = subjectOf('STRIPE')
  const { as } = await withAccount(stage, subject)
  for (const isGivenUp of [false, true]) {
    const { invoice } = await onPage(as, subject)
    const part = await as('POST', '/payments', { invoiceId: invoice.id, method: 'CASH', amount: 20 })
    if (isGivenUp)
      assert.equal((await as('POST', `/invoices/${invoice.id}/mark-uncollectible`, {})).status, 200)
    assert.equal((await as('POST', `/payments/${part.body.id}/refund`, {})).status, 200)
    const after = await get(as, `/invoices/${invoice.id}`)
    assert.deepEqual([after.amountPaid, after.status], [0, isGivenUp ? 'UNCOLLECTIBLE' : 'PENDING'])
    await everythingHolds(server)
  }
})

test('a refund whose account cannot be opened stops no other, is tried a bounded number of times, and gives its money free', async () => {
  const subject = subjectOf('PAYSTACK')
  const paid = async () => {
    const made = await withAccount(stage, subject)
    const { payment } = await dueBy(made.as, subject, subject.tokens?.succeeds ?? '')
    await work(stage)
    assert.equal((await get(made.as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
    return { ...made, payment }
  }
  const [poisoned, other] = [await paid(), await paid()]
  const sealed = await rows(server, 'select credentials_sealed from payment_providers where id = $1', [
    stored(poisoned.account.id),
  ])
  const seal = (value: unknown): Promise<unknown> =>
    rows(server, 'update payment_providers set credentials_sealed = $2 where id = $1', [
      stored(poisoned.account.id),
      value,
    ])
  await seal(Buffer.from([0]))
  const before = refundsAt('PAYSTACK').length
  for (const { as, payment } of [poisoned, other]) {
    const { status, text } = await as('POST', `/payments/${payment.id}/refund`, {})
    assert.equal(status, 200, text)
  }
  for (let round = 0; round < 24; round++) {
    server.clock.advance({ hours: 1 })
    await work(stage)
  }
  assert.equal((await get(other.as, `/payments/${other.payment.id}`)).status, 'REFUNDED')
  assert.equal(refundsAt('PAYSTACK').length, before + 1, 'of the other nothing was ever sent')
  const after = await get(poisoned.as, `/payments/${poisoned.payment.id}`)
  assert.deepEqual([after.status, after.refundedAmount, after.refunds[0].status], ['SUCCEEDED', 0, 'FAILED'])
  const [row] = await rows(server, 'select attempt, due_at from refunds where payment_id = $1', [
    stored(poisoned.payment.id),
  ])
  assert.deepEqual([row?.['attempt'], row?.['due_at']], [10, null])

  await seal(sealed[0]?.['credentials_sealed'])
  assert.equal((await poisoned.as('POST', `/payments/${poisoned.payment.id}/refund`, {})).status, 200)
  for (let round = 0; round < 3; round++) {
    await work(stage)
    server.clock.advance({ hours: 1 })
  }
  assert.equal((await get(poisoned.as, `/payments/${poisoned.payment.id}`)).status, 'REFUNDED')
  await everythingHolds(server)
})

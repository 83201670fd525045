import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '../../src/verify.ts'
import { everythingHolds } from '../credit-story.ts'
import { newTenant, startServer } from '../harness.ts'
import { act } from '../life-story.ts'
import { collect, rows, stored, subscribed } from '../payment-story.ts'

const server = await startServer()
const { test: as } = await newTenant(server)
const [one, other] = [await subscribed(server, as), await subscribed(server, as)]
await act(as, `/payments/${one.payment.id}/refund`, { amount: 10 })
await collect(server)

/** The breaches of one promise after a hand in the database, which is taken back. */
async function breachesOf(promise: string, damage: string, repair: string): Promise<string[]> {
  await everythingHolds(server)
  const ids = [stored(one.payment.id), stored(other.payment.id)]
  assert.equal((await rows(server, `${damage} returning id`, ids)).length, 1)
  const found: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (name === promise) found.push(...breaches.map(({ row, fault }) => `${row} ${fault}`))
  await rows(server, repair, ids)
  await everythingHolds(server)
  return found
}

test('a payment with more given back than was refunded is named', async () => {
  const move = (by: number) =>
    `update payments set refunded_minor = refunded_minor + ${by} where id = $1::uuid and $2::uuid is not null`
  assert.deepEqual(
    await breachesOf('what was given back of every payment is the sum of its refunds', move(5), move(-5)),
    [`payment ${stored(one.payment.id)} has 1005 refunded while its refunds are 1000`],
  )
})

test('a transaction of a provider that stands behind two payments is named', async () => {
  const take = (from: string) =>
    `update payments p set provider_transaction_id = ${from} where p.id = $1::uuid and $2::uuid is not null`
  const [found, ...more] = await breachesOf(
    'no two payments share a transaction of a provider',
    take(`(select o.provider_transaction_id from payments o where o.id = $2::uuid)`),
    take(`'sandbox_${one.payment.id}'`),
  )
  assert.match(found ?? '', /stands behind 2 payments/)
  assert.deepEqual(more, [])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '../../../src/verify.ts'
import { choose, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'
import { rows } from '../../payment-story.ts'

const stage = await startStage()
const { server } = stage

async function broken(): Promise<string[]> {
  const names: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (breaches.length > 0) names.push(name)
  return names
}

test('after pages paid and methods kept every promise holds, and each breach of one is found', async () => {
  const [subject] = subjects
  assert.ok(subject)
  const { as } = await withAccount(stage, subject)
  const { session } = await onPage(as, subject)
  await choose(stage, session.url, 'succeed')
  await work(stage)
  assert.deepEqual(await broken(), [])

  const checkout =
    'every completed checkout has brought one payment, of its invoice, its account and its amount'
  const account = 'every payment, and every method, goes through an account at its own provider'
  for (const [name, damage, repair] of [
    [checkout, 'amount_minor = amount_minor + 1', 'amount_minor = amount_minor - 1'],
    [checkout, "currency = 'USD'", `currency = '${subject.currency}'`],
    [checkout, "reference = reference || 'x'", 'reference = left(reference, -1)'],
  ] as const) {
    await rows(server, `update checkout_sessions set ${damage}`)
    assert.deepEqual(await broken(), [name])
    await rows(server, `update checkout_sessions set ${repair}`)
  }
  await rows(server, "update payment_methods set provider = 'SANDBOX'")
  assert.deepEqual(await broken(), [account])
  await rows(server, `update payment_methods set provider = '${subject.name}'`)
  assert.deepEqual(await broken(), [])
})

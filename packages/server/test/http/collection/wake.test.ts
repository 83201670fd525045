import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collection } from '../../../src/slices/collection/index.ts'
import { loops } from '../../../src/slices/loops.ts'
import { startWorker } from '../../../src/worker.ts'
import { subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { get, payingCustomer } from '../../payment-story.ts'

const server = await startServer()
const patienceMs = 60_000

async function paidAfterMs(as: Caller, startedMs: number, subscription: { id: string }): Promise<number> {
  for (;;) {
    const [invoice] = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data
    if (invoice.status === 'PAID') return performance.now() - startedMs
    if (performance.now() - startedMs > patienceMs) return Number.POSITIVE_INFINITY
    await server.deps.clock.sleep(20)
  }
}

/** What a worker does whose loops rest for so long: how slow the machine is does not matter then. */
async function withWorker<R>(restMs: number, work: () => Promise<R>): Promise<R> {
  const worker = startWorker(
    server.deps,
    loops.map((loop) => ({ ...loop, restMs })),
  )
  try {
    return await work()
  } finally {
    await worker.stop()
  }
}

test('a payment is collected right after the request that intended it: the loop would not look for a day', async () => {
  const { test: as } = await newTenant(server)
  await withWorker(86_400_000, async () => {
    for (let count = 0; count < 5; count++) {
      const { customer } = await payingCustomer(as)
      const subscription = await subscribe(as, { customerId: customer.id })
      assert.ok((await paidAfterMs(as, performance.now(), subscription)) < patienceMs)
    }
  })
})

test('nothing depends on the bell: without it the loop, which looks once a second, finds the payment by itself', async () => {
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as)
  const ring = server.deps.bells.ring.bind(server.deps.bells)
  server.deps.bells.ring = () => {}
  try {
    await withWorker(collection.restMs, async () => {
      const subscription = await subscribe(as, { customerId: customer.id })
      assert.ok((await paidAfterMs(as, performance.now(), subscription)) < patienceMs)
    })
    assert.ok(collection.restMs <= 1000)
  } finally {
    server.deps.bells.ring = ring
  }
})

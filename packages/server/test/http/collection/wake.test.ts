import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { loops } from '../../../src/slices/loops.ts'
import { type Worker, startWorker } from '../../../src/worker.ts'
import { subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { get, payingCustomer } from '../../payment-story.ts'

const server = await startServer()
let worker: Worker
before(() => {
  worker = startWorker(server.deps, loops)
})
after(() => worker.stop())

async function paidAfterMs(as: Caller, startedMs: number, subscription: { id: string }): Promise<number> {
  for (;;) {
    const [invoice] = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data
    if (invoice.status === 'PAID') return performance.now() - startedMs
    if (performance.now() - startedMs > 5000) return Number.POSITIVE_INFINITY
  }
}

test('a payment is collected right after the request that intended it, long before the loop would look', async () => {
  const { test: as } = await newTenant(server)
  const took = []
  for (let count = 0; count < 5; count++) {
    const { customer } = await payingCustomer(as)
    const startedMs = performance.now()
    const subscription = await subscribe(as, { customerId: customer.id })
    took.push(await paidAfterMs(as, startedMs, subscription))
  }
  // The loop looks once a second: five in a row within a second can only be the bell.
  assert.ok(took.reduce((sum, ms) => sum + ms, 0) < 1000, String(took))
})

test('nothing depends on the bell: without it the loop finds the payment by itself', async () => {
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as)
  const ring = server.deps.bells.ring.bind(server.deps.bells)
  server.deps.bells.ring = () => {}
  const startedMs = performance.now()
  const subscription = await subscribe(as, { customerId: customer.id })
  const took = await paidAfterMs(as, startedMs, subscription)
  server.deps.bells.ring = ring
  assert.ok(took < 2500, String(took))
})

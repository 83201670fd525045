import assert from 'node:assert/strict'
import { invoicesOf, newCustomer, newPlan, runBilling } from './billing-story.ts'
import type { Caller, TestServer } from './harness.ts'
import { get } from './payment-story.ts'

/** A plan over so many minor units of KES. */
export async function planOf(as: Caller, minor: number, body: object = {}) {
  return newPlan(as, { prices: [{ currency: 'KES', amount: minor / 100 }], ...body })
}

/** Subscribes a customer of its own to a plan over so many minor units; its invoices are paid by hand. */
export async function startLife(
  as: Caller,
  minor: number,
  options: { plan?: object; customer?: object; [field: string]: unknown } = {},
) {
  const { plan, customer, ...body } = options
  const customerId = (await newCustomer(as, { currency: 'KES', timezone: 'UTC', ...customer })).id
  const planId = (await planOf(as, minor, plan)).id
  return act(as, '/subscriptions', { customerId, planId, ...body }, 201)
}

/** A call that goes well, and what it answers. */
export async function act(as: Caller, path: string, body?: object, expected = 200) {
  const { status, body: answer, text } = await as('POST', path, body)
  assert.equal(status, expected, text)
  return answer
}

/** Moves the machine's time on, and bills what falls due. */
export async function moveTo(server: TestServer, instant: string): Promise<void> {
  server.clock.set(instant)
  await runBilling(server)
}

/** Pays what is open of a subscription, elsewhere. */
export async function payAll(as: Caller, subscriptionId: string): Promise<void> {
  for (const { id, status } of await invoicesOf(as, subscriptionId)) {
    if (status === 'PENDING' || status === 'FAILED') await act(as, `/invoices/${id}/mark-paid`, {})
  }
}

const minorOf = (amount: number): number => Math.round(amount * 100)

/** Totals of the invoices of a subscription in minor units, oldest first. */
export async function totalsOf(as: Caller, subscriptionId: string): Promise<number[]> {
  return (await invoicesOf(as, subscriptionId)).map(({ total }) => minorOf(total))
}

/** Totals of the credit notes of a subscription in minor units, oldest first. */
export async function creditsOf(as: Caller, subscriptionId: string): Promise<number[]> {
  const { data } = await get(as, `/credit-notes?limit=100&subscriptionId=${subscriptionId}`)
  return data.map(({ total }: { total: number }) => minorOf(total)).toReversed()
}

export async function balanceOf(as: Caller, customerId: string): Promise<number> {
  return minorOf((await get(as, `/customers/${customerId}`)).balance)
}

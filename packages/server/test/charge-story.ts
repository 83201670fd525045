import assert from 'node:assert/strict'
import type { Caller } from './harness.ts'

/** Makes a plan charge for a metric: 0.5 KES a unit unless said otherwise. */
export async function newCharge(
  as: Caller,
  made: { planId: string; billableMetricId: string },
  body: object = {},
): Promise<{ id: string; prices: object[] }> {
  const answer = await as('POST', '/charges', {
    ...made,
    chargeModel: 'STANDARD',
    prices: [{ currency: 'KES', properties: { unitPrice: 0.5 } }],
    ...body,
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}

import assert from 'node:assert/strict'
import type { Caller } from './harness.ts'

let made = 0

/** A billable metric of its own: a COUNT unless said otherwise. */
export async function newMetric(as: Caller, body: object = {}): Promise<{ id: string; code: string }> {
  const answer = await as('POST', '/billable-metrics', {
    name: 'Calls',
    code: `metric-${++made}`,
    aggregationType: 'COUNT',
    ...body,
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}

export type Report = {
  transactionId?: string
  subscriptionId: string
  code: string
  timestamp?: string
  properties?: object
}

/** Reports events, 1000 at a time, all of which are to count. */
export async function report(as: Caller, events: readonly Report[]): Promise<void> {
  for (let at = 0; at < events.length; at += 1000) {
    const batch = events
      .slice(at, at + 1000)
      .map((event) => ({ transactionId: `transaction ${++made}`, ...event }))
    const { status, body, text } = await as('POST', '/events/batch', { events: batch })
    assert.equal(status, 201, text)
    assert.equal(body.created, batch.length, text)
  }
}

/** The usage of the period under way, by the code of its metric. */
export async function usageOf(as: Caller, subscriptionId: string) {
  const { status, body, text } = await as('GET', `/subscriptions/${encodeURIComponent(subscriptionId)}/usage`)
  assert.equal(status, 200, text)
  return new Map<string, { units: string; events: number; filters: unknown[] }>(
    body.metrics.map((metric: { code: string }) => [metric.code, metric]),
  )
}

export async function unitsOf(as: Caller, subscriptionId: string, code: string): Promise<string | undefined> {
  return (await usageOf(as, subscriptionId)).get(code)?.units
}

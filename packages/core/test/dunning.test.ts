import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { declineKind, defaultDunning, mayRetry, retryAt } from '@novabilling/core/dunning'
import { localDays } from '@novabilling/core/calendar'

const zones = fc.constantFrom(
  'Africa/Kampala',
  'Africa/Casablanca',
  'America/New_York',
  'UTC',
  'Africa/Cairo',
)
const instants = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) })

test('a retry falls on the local day it is said to, and retries follow one another', () => {
  fc.assert(
    fc.property(zones, instants, fc.boolean(), (zone, failedAt, onPhone) => {
      let before = failedAt
      for (const day of defaultDunning.retryDays) {
        const at = retryAt(failedAt, day, { zone, onPhone })
        assert.equal(localDays(zone, failedAt, at), day)
        assert.ok(at > before)
        before = at
      }
    }),
    { numRuns: 2000 },
  )
})

test('a phone rings in the morning', () => {
  const failedAt = Date.parse('2026-03-01T21:00:00Z') // midnight in Nairobi
  const at = retryAt(failedAt, 1, { zone: 'Africa/Nairobi', onPhone: true })
  assert.equal(new Date(at).toISOString(), '2026-03-03T07:00:00.000Z')
  const card = retryAt(failedAt, 1, { zone: 'Africa/Nairobi', onPhone: false })
  assert.equal(new Date(card).toISOString(), '2026-03-02T21:00:00.000Z')
})

test('a method that was declined for good, or that needs the customer, is not tried unattended', () => {
  for (const [code, may] of [
    ['insufficient_funds', true],
    ['provider_unavailable', true],
    ['something the list does not know', true],
    ['expired_instrument', false],
    ['card_declined', false],
    ['authentication_required', false],
    ['customer_cancelled', false],
  ] as const) {
    assert.equal(mayRetry({ kind: declineKind(code), sameMethod: true }), may, code)
    assert.equal(mayRetry({ kind: declineKind(code), sameMethod: false }), true, code)
  }
})

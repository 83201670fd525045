import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unusualDay } from '../src/unusual.ts'

const days = (...requests: number[]): { day: string; requests: number }[] =>
  requests.map((count, index) => ({ day: `2026-03-${String(index + 1).padStart(2, '0')}`, requests: count }))

test('a day of five times the usual stands out, the newest of several', () => {
  assert.deepEqual(unusualDay(days(100, 120, 900, 110, 100, 1000, 90)), {
    day: '2026-03-06',
    requests: 1000,
    usual: 110,
  })
})

test('small numbers, new keys and steady growth do not stand out', () => {
  assert.equal(unusualDay(days(1, 2, 1, 1, 150)), undefined)
  assert.equal(unusualDay(days(10, 10_000)), undefined)
  assert.equal(unusualDay(days(100, 150, 220, 330, 480, 490)), undefined)
  assert.equal(unusualDay([]), undefined)
})

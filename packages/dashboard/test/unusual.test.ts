import assert from 'node:assert/strict'
import { test } from 'node:test'
import { troubledDay, unusualDay } from '../src/unusual.ts'

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

const ended = (...counts: [requests: number, refused: number, failed: number][]) =>
  counts.map(([requests, refused, failed], index) => ({
    day: `2026-03-${String(index + 1).padStart(2, '0')}`,
    requests,
    refused,
    failed,
  }))

test('a day on which many requests are refused or fail stands out, where that was rare', () => {
  assert.deepEqual(troubledDay(ended([1000, 20, 0], [1000, 10, 5], [800, 300, 100])), {
    day: '2026-03-03',
    requests: 800,
    trouble: 400,
  })
  assert.deepEqual(troubledDay(ended([60, 60, 0])), { day: '2026-03-01', requests: 60, trouble: 60 })
})

test('a few refusals, a small share, and what is usual for a key do not stand out', () => {
  assert.equal(troubledDay(ended([1000, 0, 0], [40, 40, 0])), undefined)
  assert.equal(troubledDay(ended([1000, 0, 0], [1000, 90, 0])), undefined)
  assert.equal(troubledDay(ended([1000, 500, 0], [1000, 600, 0])), undefined)
})

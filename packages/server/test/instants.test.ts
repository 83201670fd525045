import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { instantMs } from '../src/http/validation.ts'

const two = (most: number) => fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'))
/** Instants in our own form, and nearly. */
const nearly = fc
  .tuple(
    fc.constantFrom('1969', '1970', '2024', '2026', '2100', '2199', '2200'),
    two(13),
    two(32),
    two(25),
    two(61),
    two(61),
    fc.constantFrom('.000Z', '.999Z', '.12Z', '.1234Z', 'Z', '.000z', '.000+00:00', ''),
  )
  .map(
    ([year, month, day, hour, minute, second, end]) =>
      `${year}-${month}-${day}T${hour}:${minute}:${second}${end}`,
  )

test('an instant in our own form is read as any form is, and whatever else is left to that', () => {
  fc.assert(
    fc.property(nearly, (text) => {
      const ms = Date.parse(text)
      const isOurs = ms >= 0 && ms < Date.parse('2200-01-01') && new Date(ms).toISOString() === text
      assert.equal(instantMs(text), isOurs ? ms : undefined)
      if (isOurs) assert.equal(Temporal.Instant.from(text).epochMilliseconds, ms)
    }),
    { numRuns: 5000 },
  )
  assert.equal(instantMs('2026-02-29T00:00:00.000Z'), undefined)
  assert.equal(instantMs('2026-05-20T24:00:00.000Z'), undefined)
  assert.equal(instantMs('2024-02-29T23:59:59.999Z'), Date.parse('2024-02-29T23:59:59.999Z'))
})

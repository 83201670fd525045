import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createIds, idPrefixes, parseId, publicId } from '../src/ids.ts'

test('a public id and its uuid are each other’s only form', () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.constantFrom(...(Object.keys(idPrefixes) as (keyof typeof idPrefixes)[])),
      (uuid, kind) => {
        const id = publicId(kind, uuid)
        assert.match(id, new RegExp(`^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{26}$`))
        assert.equal(parseId(kind, id), uuid)
      },
    ),
  )
  assert.equal(
    publicId('customer', '00000000-0000-0000-0000-000000000001'),
    'cust_00000000000000000000000001',
  )
  assert.equal(
    publicId('customer', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
    'cust_7zzzzzzzzzzzzzzzzzzzzzzzzz',
  )
})

test('what is no id of the kind is nothing', () => {
  const good = publicId('customer', '01890a5d-ac96-774b-bcce-b302099a8057')
  for (const bad of [
    '',
    good.toUpperCase(),
    good.slice(0, -1),
    `${good}0`,
    good.replace('cust', 'plan'),
    `cust_8${good.slice(6)}`,
    good.replace(/.$/, 'u'),
  ]) {
    assert.equal(parseId('customer', bad), undefined, bad)
  }
})

test('ids rise, are of version 7 and never repeat, also when many are made in one millisecond or the clock goes back', () => {
  let now = 1_750_000_000_000
  const ids = createIds({ nowMs: () => now, randomBytes })
  const made: string[] = []
  for (let count = 0; count < 20_000; count++) {
    if (count % 7000 === 0) now -= 5
    made.push(ids.next())
  }
  assert.equal(new Set(made).size, made.length)
  assert.deepEqual(made, made.toSorted())
  for (const id of made.slice(0, 100))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

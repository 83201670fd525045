import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { instantArray, uuidArray, wordArray, xidArray } from '../../src/db/binary-array.ts'
import { startServer } from '../harness.ts'

const server = await startServer()
const client = new pg.Client({ connectionString: server.databaseUrl })
before(() => client.connect())
after(() => client.end())

/** What PostgreSQL makes of an array in its binary form. */
async function read(type: string, array: Uint8Array): Promise<(string | null)[]> {
  const { rows } = await client.query<{ item: string | null }>(
    `select item::text as item from unnest($1::${type}[]) with ordinality as u (item, place) order by place`,
    [Buffer.from(array)],
  )
  return rows.map(({ item }) => item)
}

const instantMs = fc.integer({ min: Date.parse('1970-01-01'), max: Date.parse('2200-01-01') })
const word = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
  fc.constantFrom(null, '', 'NULL', '{a,"b"}', 'ü\\', '😀'),
)

test('an array in binary form is in PostgreSQL what it was here', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uuid()),
      fc.array(instantMs),
      fc.array(word),
      fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      async (ids, instants, words, transactions) => {
        assert.deepEqual(await read('uuid', uuidArray(ids)), ids)
        assert.deepEqual(await read('uuid', uuidArray(ids.map((id) => id.replaceAll('-', '')))), ids)
        const times = await read('timestamptz', instantArray(instants))
        assert.deepEqual(
          times.map((time) => Date.parse(`${time}`)),
          instants,
        )
        assert.deepEqual(await read('text', wordArray(words)), words)
        assert.deepEqual(await read('xid', xidArray(transactions)), transactions.map(String))
      },
    ),
    { numRuns: 100 },
  )
})

test('what is no uuid is never sent as another', () => {
  for (const id of ['', 'abc', 'x'.repeat(36), `${'0'.repeat(31)}g`]) assert.throws(() => uuidArray([id]))
})

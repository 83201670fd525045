import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import pg from 'pg'
import { type Statement, declaredStatements } from '../../src/db/statement.ts'
import { startServer } from '../harness.ts'

const server = await startServer()
const client = new pg.Client({ connectionString: server.databaseUrl })
before(() => client.connect())

type Field = { name: string; dataTypeID: number }

/** What PostgreSQL says a statement returns, without running it. */
function describe(statement: Pick<Statement, 'name' | 'text'>): Promise<Field[]> {
  return new Promise((resolve, reject) => {
    let fields: Field[] = []
    const question = {
      callback: () => {},
      submit(connection: pg.Connection): null {
        const wire = connection as unknown as Record<
          'parse' | 'describe' | 'sync',
          (message?: object) => void
        >
        wire.parse({ name: '', text: statement.text })
        wire.describe({ type: 'S', name: '' })
        wire.sync()
        return null
      },
      handleRowDescription: (message: { fields: Field[] }) => (fields = message.fields),
      handleError: reject,
      handleReadyForQuery: () => resolve(fields),
    }
    client.query(question as unknown as pg.Submittable)
  })
}

test('every statement is valid and returns the columns it declares', async () => {
  const statements = declaredStatements()
  assert.ok(statements.length > 40)
  for (const statement of statements) {
    const fields = await describe(statement).catch((error: unknown) => {
      throw new Error(`${statement.name}: ${String(error)}`)
    })
    const declared = Object.entries(statement.columns)
    if (declared.length === 0) continue // A command's answer is not read.
    assert.deepEqual(
      fields.map(({ name }) => name).toSorted(),
      declared.map(([name]) => name).toSorted(),
      `${statement.name} returns other columns than it declares`,
    )
    for (const [name, column] of declared) {
      const field = fields.find((one) => one.name === name)
      assert.ok(
        column.oids.includes(field?.dataTypeID ?? 0),
        `${statement.name}.${name} is of type ${field?.dataTypeID}, declared ${column.oids.join(' or ')}`,
      )
    }
  }
  await client.end()
})

test('every statement on a table of an environment or a tenant names it', () => {
  const unscoped = declaredStatements().filter(
    ({ text }) =>
      /\b(from|update|into|join)\s+(?!unnest)[a-z_]+/.test(text) &&
      !/environment_id|tenant_id|environments|tenants|_by_hash|_by_email|schema_migrations|pg_|mails/.test(
        text,
      ),
  )
  assert.deepEqual(
    unscoped.map(({ name }) => name),
    ['idempotency.forget', 'idempotency.forget_account'],
  )
})

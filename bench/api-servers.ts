import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import pg from 'pg'
import { readConfig } from '../packages/server/src/config.ts'
import { boot } from '../packages/server/src/boot.ts'
import { buildApp } from '../packages/server/src/app.ts'
import { createLog } from '../packages/server/src/log.ts'
import { testSecrets } from '../packages/server/test/cluster.ts'

/**
 * One of the two servers of the comparison, in a process of its own, so that the client's work is not theirs.
 * `ours` is the product; `bare` is Fastify with the same SQL and nothing else: no key, no limit, no validation,
 * no isolation, no event, no idempotency.
 */
const [which = '', databaseUrl = '', environmentId = ''] = process.argv.slice(2)
const poolSize = 10

const port = which === 'ours' ? await ours() : await bare()
process.stdout.write(`${port}\n`)

async function ours(): Promise<number> {
  const config = readConfig({
    ...testSecrets,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: String(poolSize),
    PORT: '0',
    HOST: '127.0.0.1',
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  })
  const { deps } = await boot(config, { log: createLog('warn') })
  const app = await buildApp(deps)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

async function bare(): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize })
  const app = fastify()
  const columns =
    'id, email, name, external_id, country, currency, timezone, address, tax_id, locale, net_payment_terms, metadata, status, total_spent_minor, active_subscriptions, balance_minor, created_at, updated_at'
  app.get('/api/customers/:id', async (request) => {
    const { id } = request.params as { id: string }
    const { rows } = await pool.query({
      name: 'customer',
      text: `select ${columns} from customers where environment_id = $1 and id = $2`,
      values: [environmentId, id],
    })
    return rows[0]
  })
  app.post('/api/customers', async (request, reply) => {
    const body = request.body as { email: string; name: string; metadata: object }
    const { rows } = await pool.query({
      name: 'insert',
      text: `insert into customers (environment_id, id, email, name, currency, timezone, metadata, status, created_at, updated_at)
        values ($1, $2, $3, $4, 'KES', 'Africa/Nairobi', $5, 'ACTIVE', $6, $6) returning ${columns}`,
      values: [
        environmentId,
        crypto.randomUUID(),
        body.email,
        body.name,
        JSON.stringify(body.metadata),
        new Date().toISOString(),
      ],
    })
    return reply.code(201).send(rows[0])
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

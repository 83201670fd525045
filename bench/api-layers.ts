import type { FastifyRequest } from 'fastify'
import { buildApp } from '../packages/server/src/app.ts'
import { boot } from '../packages/server/src/boot.ts'
import { readConfig } from '../packages/server/src/config.ts'
import { statement, text, uuid } from '../packages/server/src/db/statement.ts'
import { reader } from '../packages/server/src/db/transaction.ts'
import { Principals } from '../packages/server/src/http/principals.ts'
import { SlidingWindow } from '../packages/server/src/http/rate-limit.ts'
import { parseId } from '../packages/server/src/ids.ts'
import { createLog } from '../packages/server/src/log.ts'
import { testSecrets } from '../packages/server/test/cluster.ts'
import { say } from './machine.ts'

const customer = statement(
  'bench.customer',
  'select id, email from customers where environment_id = $1::uuid and id = $2::uuid',
  {
    id: uuid,
    email: text,
  },
)

/** What each layer of an authenticated read costs, one after another in one process. */
export async function printLayers(options: {
  databaseUrl: string
  key: string
  tenantId: string
  environmentId: string
  customerId: string
}): Promise<void> {
  const config = readConfig({
    ...testSecrets,
    DATABASE_URL: options.databaseUrl,
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'silent',
  })
  const { deps, close } = await boot(config, { log: createLog('silent') })
  const app = await buildApp(deps)
  await app.ready()
  const principals = new Principals(deps)
  const window = new SlidingWindow(() => deps.clock.nowMs())
  const request = { headers: { authorization: `Bearer ${options.key}` }, ip: '127.0.0.1' } as FastifyRequest
  const stored = parseId('customer', options.customerId) ?? ''
  const scoped = reader(deps.db, { tenantId: options.tenantId, environmentId: options.environmentId })

  say('what each layer of a read costs, in microseconds:')
  await layer('key: checksum, SHA-256, cache', 100_000, () => principals.identify(request, 'key'))
  await layer('limit: sliding window of a million', 100_000, async () => window.take('tenant', 1_000_000))
  await layer('query alone, one connection after another', 4000, () =>
    deps.db.send([customer(options.environmentId, stored)]),
  )
  await layer('query with its scope in the same message', 4000, () =>
    scoped.query(customer(options.environmentId, stored)),
  )
  await layer('the whole request, without a socket', 4000, () =>
    app.inject({
      url: `/api/customers/${options.customerId}`,
      headers: { authorization: `Bearer ${options.key}` },
    }),
  )
  await app.close()
  await close()
}

async function layer(name: string, times: number, act: () => Promise<unknown>): Promise<void> {
  for (let count = 0; count < times / 10; count++) await act()
  const started = performance.now()
  for (let count = 0; count < times; count++) await act()
  say(`  ${(((performance.now() - started) * 1000) / times).toFixed(1).padStart(7)}  ${name}`)
}

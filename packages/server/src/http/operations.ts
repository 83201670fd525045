import { readFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import { migrations } from '../db/migrate.ts'
import { integer, statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'

const newestMigration = statement(
  'operations.newest_migration',
  `select max(version) as version from schema_migrations`,
  {
    version: integer,
  },
)

const openApiFile = new URL('../../openapi.json', import.meta.url)

/** What the server measures, for /metrics. One registry a process. */
export const metrics = new Registry()
collectDefaultMetrics({ register: metrics })

const requestSeconds = new Histogram({
  name: 'novabilling_http_request_seconds',
  help: 'Time to answer, by route and status',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  registers: [metrics],
})
export const invoicesIssued = new Counter({
  name: 'novabilling_invoices_issued_total',
  help: 'Invoices issued by this process',
  registers: [metrics],
})
export const subscriptionsParked = new Counter({
  name: 'novabilling_subscriptions_parked_total',
  help: 'Subscriptions set aside by the billing run because they failed again and again',
  registers: [metrics],
})

export const usageEvents = new Counter({
  name: 'novabilling_usage_events_total',
  help: 'Events of usage that this process has answered, by outcome',
  labelNames: ['outcome'],
  registers: [metrics],
})

/** Not part of the API's description. */
const hidden = { schema: { hide: true } }

/** Health, readiness, metrics, and the description of the API. */
export async function serveOperations(app: FastifyInstance, deps: Deps): Promise<void> {
  const newest = (await migrations()).at(-1)?.version
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })

  app.get('/health', hidden, async () => ({ status: 'ok' }))
  app.get('/ready', hidden, async (_request, reply) => {
    const reason = closing ? 'shutting down' : await unreadiness(deps, newest)
    if (reason === undefined) return { status: 'ready' }
    return reply.code(503).header('retry-after', 1).send({ status: 'not ready', reason })
  })

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const ms = reply.elapsedTime
    requestSeconds.observe({ method: request.method, route, status: reply.statusCode }, ms / 1000)
    if (deps.log.isLevelEnabled('info')) {
      deps.log.info(
        {
          requestId: request.id,
          method: request.method,
          route,
          status: reply.statusCode,
          ms: Math.round(ms * 10) / 10,
        },
        'request',
      )
    }
  })

  const metricsPage = async (_request: unknown, reply: FastifyReply): Promise<FastifyReply> =>
    reply.type(metrics.contentType).send(await metrics.metrics())
  if (deps.config.METRICS_PORT === 0) app.get('/metrics', hidden, metricsPage)

  app.get('/api/openapi.json', hidden, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(await readFile(openApiFile)),
  )
  const server = deps.config.PUBLIC_URL || `http://localhost:${deps.config.PORT}`
  const reference = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { statusCode, headers, rawPayload } = await (await referencePages(server)).inject(request.url)
    for (const name of ['content-type', 'location'] as const) {
      const value = headers[name]
      if (value !== undefined) reply.header(name, value)
    }
    return reply.code(statusCode).send(rawPayload)
  }
  app.get('/api/reference', hidden, reference)
  app.get('/api/reference/*', hidden, reference)
}

let pages: Promise<FastifyInstance> | undefined

/** The interactive reference, on an instance of its own that is made when somebody looks: it holds 25 MB. */
function referencePages(server: string): Promise<FastifyInstance> {
  pages ??= (async () => {
    const instance = fastify()
    await instance.register(import('@scalar/fastify-api-reference'), {
      routePrefix: '/api/reference',
      configuration: {
        url: '/api/openapi.json',
        pageTitle: 'NovaBilling API',
        favicon: '/mark.svg',
        servers: [{ url: server }],
        // Nothing of it may call or lead to anywhere else.
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
        telemetry: false,
        withDefaultFonts: false,
      },
    })
    return instance
  })()
  return pages
}

async function unreadiness(deps: Deps, newest: number | undefined): Promise<string | undefined> {
  try {
    const [row] = await deps.db.query(newestMigration())
    if (row?.version === newest) return undefined
    return 'the database is at another version'
  } catch {
    return 'the database cannot be reached'
  }
}

/** /metrics on a port of the loopback address, away from the public. */
export function serveMetrics(port: number): Promise<Server> {
  const server = createServer((_request, response) => {
    metrics.metrics().then(
      (page) => response.setHeader('content-type', metrics.contentType).end(page),
      () => response.writeHead(500).end(),
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** Gauges of the connection pools, read when they are scraped. */
export function measurePools(deps: Deps): void {
  const connections = new Gauge({
    name: 'novabilling_database_connections',
    help: 'Connections by pool and state',
    labelNames: ['pool', 'state'],
    registers: [],
    collect() {
      const pools = { api: deps.db, worker: deps.workerDb, clock: deps.clockDb }
      for (const [pool, { counts }] of Object.entries(pools)) {
        for (const [state, count] of Object.entries(counts)) this.set({ pool, state }, count)
      }
    },
  })
  metrics.registerMetric(connections)
}

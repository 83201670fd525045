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

/** Not part of the API's description. */
const hidden = { schema: { hide: true } }

/** Health, readiness, metrics, the description of the API, and a front door. */
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

  app.get('/', hidden, async (_request, reply) =>
    reply
      .headers({ 'content-security-policy': frontDoorPolicy, 'referrer-policy': 'no-referrer' })
      .type('text/html; charset=utf-8')
      .send(frontDoor),
  )
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
      for (const [pool, counts] of Object.entries({ api: deps.db.counts, worker: deps.workerDb.counts })) {
        for (const [state, count] of Object.entries(counts)) this.set({ pool, state }, count)
      }
    },
  })
  metrics.registerMetric(connections)
}

const frontDoorPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

const frontDoor = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>NovaBilling</title>
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem; color: #1c2430; background: #fff }
  a { color: #0b5fff } code { background: #f2f4f7; padding: .1em .35em; border-radius: 4px }
  @media (prefers-color-scheme: dark) { body { color: #e6e9ee; background: #11151b } a { color: #7fb0ff } code { background: #1d232c } }
</style>
<h1>NovaBilling</h1>
<p>Billing for businesses that sell across borders. The server is running.</p>
<ul>
  <li><a href="/api/reference">API reference</a>, and its <a href="/api/openapi.json">OpenAPI document</a></li>
  <li>Guides: the folder <code>docs/</code> of the repository, from <code>docs/getting-started.md</code> on</li>
  <li><a href="/ready">Readiness</a> · <a href="/health">health</a></li>
</ul>
</html>
`

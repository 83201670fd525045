import { LogController, fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { listen } from './db/listener.ts'
import type { Deps } from './deps.ts'
import { looksForPage, sendPage, serveDashboard } from './http/dashboard-pages.ts'
import { Problem, documentation, routeDocumentation } from './http/documentation.ts'
import { guard } from './http/guard.ts'
import { readJsonBodies, refuseNul } from './http/json-body.ts'
import { KeyUsage } from './http/key-usage.ts'
import { isLines, ndjson, passOnLines } from './http/lines.ts'
import { serveOperations } from './http/operations.ts'
import { serveHostedPages } from './http/hosted-pages.ts'
import { LoginGuard } from './http/login-guard.ts'
import { PageMeta } from './http/pages.ts'
import { perform } from './http/perform.ts'
import { Principals, type Principal } from './http/principals.ts'
import { type Constraints, errorHandler } from './http/problems.ts'
import { RequestJournal } from './http/request-journal.ts'
import { SlidingWindow } from './http/rate-limit.ts'
import type { Route, Runtime, Slice } from './http/route.ts'
import { Address, closed } from './http/shapes.ts'
import { responseFormats, validatorCompiler } from './http/validation.ts'
import { Refusal } from './refusal.ts'
import { slices } from './slices/index.ts'
import { serveNotices } from './slices/notices/index.ts'

export type App = FastifyInstance

const shared: readonly TSchema[] = [PageMeta, Address, Problem]

/** Builds the HTTP server: every slice's routes, behind one guard. It listens when told to. */
export async function buildApp(deps: Deps, options: { documented?: boolean } = {}): Promise<App> {
  const { clock, config } = deps
  const app: App = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    serializerOpts: { ajv: { formats: responseFormats } },
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    trustProxy:
      config.TRUST_PROXY === '' ? false : config.TRUST_PROXY.split(',').map((proxy) => proxy.trim()),
    genReqId: () => deps.ids.next(),
    routerOptions: { maxParamLength: 300 },
  })
  const schemas = [...shared, ...slices.flatMap((slice) => slice.schemas ?? [])]
  for (const schema of schemas) app.addSchema(schema)
  app.setValidatorCompiler(validatorCompiler(schemas))
  app.setErrorHandler(errorHandler(deps.log, constraintsOf(slices)))
  app.setNotFoundHandler((request, reply) => {
    // The dashboard finds out for itself which of its pages is meant.
    if (looksForPage(request)) return sendPage(deps, reply)
    throw new Refusal('not_found')
  })
  readJsonBodies(app)
  passOnLines(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' })
    done()
  })

  const usage = new KeyUsage(deps)
  const journal = new RequestJournal(deps)
  const principals = new Principals(deps)
  const requests = new SlidingWindow(() => clock.nowMs())
  const badCredentials = new SlidingWindow(() => clock.nowMs())
  const parts = { deps, principals, requests, badCredentials, usage }
  const runtime: Runtime = { principals, usage, journal, logins: new LoginGuard(deps) }

  const revocations = listen({
    url: deps.db.url,
    channel: 'nova_keys',
    clock,
    onMessage: (hash) => principals.forget(hash),
  })
  const stops = [
    clock.every(1000, () => principals.sweep()),
    clock.every(60_000, () => {
      runtime.logins.sweep()
      requests.sweep()
      badCredentials.sweep()
    }),
    clock.every(60_000, () => {
      usage.flush().catch((error: unknown) => deps.log.warn({ err: error }, 'key usage is written later'))
    }),
    clock.every(10_000, () => {
      journal.flush().catch((error: unknown) => deps.log.warn({ err: error }, 'requests were not written'))
    }),
  ]
  app.addHook('onClose', async () => {
    for (const stop of stops) stop()
    await revocations.stop()
    await usage.flush().catch((error: unknown) => deps.log.warn({ err: error }, 'key usage was not written'))
    await journal
      .flush()
      .catch((error: unknown) => deps.log.warn({ err: error }, 'requests were not written'))
  })

  if (options.documented) await app.register(import('@fastify/swagger'), documentation(slices))
  await serveOperations(app, deps)
  await serveDashboard(app, deps)
  await serveHostedPages(app, deps)
  for (const prefix of ['/api', '']) await app.register((notices) => serveNotices(notices, deps), { prefix })
  await app.register(
    async (api) => {
      for (const slice of slices) {
        for (const route of slice.routes) register(api, slice, route, parts, runtime)
      }
    },
    { prefix: '/api' },
  )
  return app
}

type Parts = Parameters<typeof guard>[0]

function register(api: FastifyInstance, slice: Slice, route: Route, parts: Parts, runtime: Runtime): void {
  const takesBody = route.method === 'POST' || route.method === 'PATCH'
  const takesLines = route.work.kind === 'write' && route.work.lines !== undefined
  const json = route.body ?? closed({})
  // Each line is read, and refused, by itself.
  const body = takesLines
    ? { content: { 'application/json': { schema: json }, [ndjson]: { schema: {} } } }
    : json
  const callers = new WeakMap<FastifyRequest, Principal>()
  const { access } = route
  api.route({
    method: route.method,
    url: route.url,
    schema: {
      ...(takesBody ? { body } : {}),
      querystring: route.query ?? closed({}),
      ...(route.params ? { params: route.params } : {}),
      ...routeDocumentation(slice, route),
    },
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      if (route.secret) reply.header('cache-control', 'no-store')
      if (access.kind === 'public') return
      await guard(parts, access, request, reply, (principal) => callers.set(request, principal))
    },
    onResponse: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const principal = callers.get(request)
      if (principal?.kind === 'key') runtime.journal.record(route.operation, principal, request, reply)
      done()
    },
    preValidation: async (request: FastifyRequest) => {
      if (takesBody) request.body ??= {}
      if (isLines(request.body) && !takesLines) throw new Refusal('unsupported_media_type')
      refuseNul(request.query, '')
      refuseNul(request.params, '')
    },
    handler: (request: FastifyRequest, reply: FastifyReply) =>
      perform(parts.deps, runtime, route, callers.get(request), request, reply),
  })
}

function constraintsOf(all: readonly Slice[]): Constraints {
  return Object.assign({}, ...all.map((slice) => slice.constraints ?? {}))
}

import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { Writable } from 'node:stream'
import { buildApp } from '../src/app.ts'
import { type Booted, boot } from '../src/boot.ts'
import { type Clock, systemClock } from '../src/clock.ts'
import { readConfig } from '../src/config.ts'
import type { Deps } from '../src/deps.ts'
import type { Scope } from '../src/http/scopes.ts'
import { scopes } from '../src/http/scopes.ts'
import { parseId } from '../src/ids.ts'
import { createLog } from '../src/log.ts'
import { type Cluster, cloneDatabase, startCluster, testSecrets } from './cluster.ts'

let ownCluster: Promise<Cluster> | undefined

async function clusterUrl(): Promise<string> {
  const shared = process.env['TEST_CLUSTER_URL']
  if (shared !== undefined) return shared
  ownCluster ??= startCluster()
  return (await ownCluster).url
}

/** The machine's clock, moved by hand. */
export type TestClock = Clock & { advance(duration: Temporal.DurationLike): void; set(instant: string): void }

export function testClock(start?: string): TestClock {
  let offsetMs =
    start === undefined ? 0 : Temporal.Instant.from(start).epochMilliseconds - systemClock.nowMs()
  return {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + offsetMs,
    now: () => Temporal.Instant.fromEpochMilliseconds(systemClock.nowMs() + offsetMs),
    advance: (duration) =>
      (offsetMs += Temporal.Duration.from(duration).total({
        unit: 'milliseconds',
        relativeTo: '2026-01-01',
      })),
    set: (instant) => (offsetMs = Temporal.Instant.from(instant).epochMilliseconds - systemClock.nowMs()),
  }
}

/** The same, but it stands still until it is moved: what is done twice at one instant is the same twice. */
export function standingClock(start: string): TestClock {
  let nowMs = Temporal.Instant.from(start).epochMilliseconds
  const now = (): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(nowMs)
  return {
    ...systemClock,
    nowMs: () => nowMs,
    now,
    advance: (duration) => (nowMs = now().toZonedDateTimeISO('UTC').add(duration).epochMilliseconds),
    set: (instant) => (nowMs = Temporal.Instant.from(instant).epochMilliseconds),
  }
}

export type TestServer = {
  /** Where the API is, up to and with `/api`. */
  readonly api: string
  readonly origin: string
  readonly deps: Deps
  readonly clock: TestClock
  /** The owner's URL of the database, which sees everything. */
  readonly databaseUrl: string
  /** Everything that was logged so far. */
  readonly logged: () => string
}

/** A server on a database of its own, closed after the file's tests. */
export async function startServer(
  options: {
    start?: string
    clock?: TestClock
    settings?: Record<string, string>
    quotaPerMinute?: number
  } = {},
): Promise<TestServer> {
  const databaseUrl = await cloneDatabase(await clusterUrl())
  const clock = options.clock ?? testClock(options.start)
  let logged = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString()
      done()
    },
  })
  const config = readConfig({
    ...testSecrets,
    DATABASE_URL: databaseUrl,
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_POOL_SIZE: '8',
    RATE_LIMIT_PER_MINUTE: String(options.quotaPerMinute ?? 1_000_000),
    ...options.settings,
  })
  const booted: Booted = await boot(config, { clock, log: createLog('debug', sink) })
  const app = await buildApp(booted.deps)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  after(async () => {
    await app.close()
    await booted.close()
    if (ownCluster) await (await ownCluster).stop()
  })
  const origin = `http://127.0.0.1:${port}`
  return { api: `${origin}/api`, origin, deps: booted.deps, clock, databaseUrl, logged: () => logged }
}

// oxlint-disable-next-line typescript/no-explicit-any -- a test looks into answers whose shape is what it tests
export type Answer = { status: number; headers: Headers; body: any; text: string }

/** One request. `credential` goes into the Authorization header. */
export async function call(
  server: Pick<TestServer, 'api'>,
  method: string,
  path: string,
  options: { credential?: string; body?: unknown; headers?: Record<string, string>; raw?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${server.api}${path}`, {
    method,
    headers: {
      ...(options.body === undefined && options.raw === undefined
        ? {}
        : { 'content-type': 'application/json' }),
      ...(options.credential === undefined ? {} : { authorization: `Bearer ${options.credential}` }),
      ...options.headers,
    },
    ...(options.raw === undefined
      ? options.body === undefined
        ? {}
        : { body: JSON.stringify(options.body) }
      : { body: options.raw }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  }
}

let tenants = 0

export type TestTenant = {
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly refreshToken: string
  /** Stored ids of the two environments a tenant starts with. */
  readonly tenantId: string
  readonly liveEnvironmentId: string
  readonly testEnvironmentId: string
  /** Keys with every scope. */
  readonly liveKey: string
  readonly testKey: string
  /** A request with the test key, the live key or the session. */
  readonly test: Caller
  readonly live: Caller
  readonly session: Caller
}

export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

/** A tenant of its own, with a key of every scope in both environments. */
export async function newTenant(
  server: TestServer,
  options: { currency?: string; timezone?: string } = {},
): Promise<TestTenant> {
  const email = `owner${++tenants}-${process.pid}@example.com`
  const password = 'a long passphrase'
  const registered = await call(server, 'POST', '/auth/register', {
    body: { name: 'Ada Owner', email, password, companyName: 'Acme', ...options },
  })
  if (registered.status !== 201) throw new Error(`registration failed: ${registered.text}`)
  const { accessToken, refreshToken } = registered.body
  const session = caller(server, accessToken)
  const environments = (await session('GET', '/tenants/me/environments')).body.data as {
    id: string
    kind: string
  }[]
  const environmentId = (kind: string): string =>
    parseId('environment', environments.find((one) => one.kind === kind)?.id ?? '') ?? ''
  const tenantId = parseId('tenant', (await session('GET', '/tenants/me')).body.id) ?? ''
  const [liveKey, testKey] = await Promise.all([
    newKey(session, scopes, 'live'),
    newKey(session, scopes, 'test'),
  ])
  return {
    email,
    password,
    accessToken,
    refreshToken,
    tenantId,
    liveEnvironmentId: environmentId('LIVE'),
    testEnvironmentId: environmentId('TEST'),
    liveKey,
    testKey,
    test: caller(server, testKey),
    live: caller(server, liveKey),
    session,
  }
}

export function caller(server: Pick<TestServer, 'api'>, credential: string): Caller {
  return (method, path, body, headers) =>
    call(server, method, path, {
      credential,
      ...(body === undefined ? {} : { body }),
      ...(headers ? { headers } : {}),
    })
}

/** The text of a new key with these scopes. */
export async function newKey(
  session: Caller,
  wanted: readonly Scope[],
  environment = 'test',
): Promise<string> {
  const created = await session('POST', '/tenants/me/api-keys', {
    name: 'test key',
    scopes: wanted,
    environment,
  })
  if (created.status !== 201) throw new Error(`no key: ${created.text}`)
  return created.body.key
}

import type { AddressInfo } from 'node:net'
import { buildApp } from './app.ts'
import { boot } from './boot.ts'
import type { Config } from './config.ts'
import { buildDashboard } from './http/dashboard-pages.ts'
import { buildHostedPages } from './http/hosted-pages.ts'
import { measurePools, serveMetrics } from './http/operations.ts'
import { serveCatcher } from './slices/mail/index.ts'
import { loops } from './slices/loops.ts'
import { StartupError } from './startup-error.ts'
import { startWorker } from './worker.ts'

const drainMs = 10_000

/**
 * Runs the server until SIGTERM or SIGINT: then it stops accepting, finishes what it has begun, and ends.
 * `withParent`: also when the process that started it is gone. Between npm and us stands a shell that keeps signals
 * to itself and dies of them.
 */
export async function serve(
  config: Config,
  role: 'all' | 'api' | 'worker',
  options: { withParent: boolean } = { withParent: false },
): Promise<void> {
  const started = performance.now()
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const { deps, place, close, databaseEnded } = await boot(config, { say })
  measurePools(deps)
  const app = role === 'worker' ? undefined : await buildApp(deps)
  const worker = role === 'api' ? undefined : startWorker(deps, loops)
  const catcher =
    config.MAIL_CATCHER_PORT === 0 ? undefined : await serveCatcher(deps, config.MAIL_CATCHER_PORT)
  const metrics = config.METRICS_PORT === 0 ? undefined : await serveMetrics(config.METRICS_PORT)

  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= stopAll())
  async function stopAll(): Promise<void> {
    const deadline = setTimeout(() => {
      deps.log.error('shutting down took too long')
      process.exit(1)
    }, drainMs)
    deadline.unref()
    await app?.close()
    await worker?.stop()
    metrics?.close()
    catcher?.close()
    await close()
    clearTimeout(deadline)
  }
  const end = (): void => {
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        deps.log.error({ err: error }, 'shutting down failed')
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second time is meant.
      if (stopping) process.exit(1)
      end()
    })
  }
  if (options.withParent) {
    const parent = process.ppid
    deps.clock.every(500, () => {
      if (process.ppid !== parent) end()
    })
  }

  void databaseEnded.then(() => {
    if (stopping) return
    deps.log.error('the embedded PostgreSQL ended; its own words are in the log folder beside the data')
    process.exit(1)
  })

  if (!app) return say(`NovaBilling's worker is running on ${place}.`)
  try {
    await app.listen({ port: config.PORT, host: config.HOST })
  } catch (error) {
    await stop()
    throw listenFailure(error, config)
  }
  // One after the other: each takes a core for some seconds, and the smaller one first.
  void buildHostedPages(deps).then(() => buildDashboard(deps))
  const { port } = app.server.address() as AddressInfo
  say(
    banner({
      url: config.PUBLIC_URL || `http://localhost:${port}`,
      place,
      startedMs: performance.now() - started,
    }),
  )
}

function listenFailure(error: unknown, { PORT, HOST }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new StartupError(
      `Port ${PORT} is in use. Stop what listens there, or set PORT to a free one: PORT=${PORT + 1} npm start`,
    )
  }
  if (code === 'EACCES')
    return new StartupError(`Port ${PORT} may not be used by this account. Set PORT to one above 1023.`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new StartupError(`HOST ${HOST} is not an address of this machine.`)
  return error
}

function banner({ url, place, startedMs }: { url: string; place: string; startedMs: number }): string {
  return `
NovaBilling is running (${(startedMs / 1000).toFixed(1)} s).

  Dashboard      ${url}
  API            ${url}/api
  API reference  ${url}/api/reference
  Data           ${place}
  Guide          docs/getting-started.md

Make an account, and go on from the answer:

  curl -X POST ${url}/api/auth/register -H 'Content-Type: application/json' \\
    -d '{"name":"Ada","email":"ada@example.com","password":"a long passphrase","companyName":"Acme"}'
`
}

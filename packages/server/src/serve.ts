import type { AddressInfo } from 'node:net'
import { buildApp } from './app.ts'
import { boot } from './boot.ts'
import type { Config } from './config.ts'
import { measurePools } from './http/operations.ts'
import { StartupError } from './startup-error.ts'
import { startWorker } from './worker.ts'

const drainMs = 10_000

/** Runs the server until SIGTERM or SIGINT: then it stops accepting, finishes what it has begun, and ends. */
export async function serve(config: Config, role: 'all' | 'api' | 'worker'): Promise<void> {
  const started = performance.now()
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const { deps, place, close } = await boot(config, { say })
  measurePools(deps)
  const app = role === 'worker' ? undefined : await buildApp(deps)
  const worker = role === 'api' ? undefined : startWorker(deps)

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
    await close()
    clearTimeout(deadline)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          deps.log.error({ err: error }, 'shutting down failed')
          process.exit(1)
        },
      )
    })
  }

  if (!app) return say(`NovaBilling's worker is running on ${place}.`)
  try {
    await app.listen({ port: config.PORT, host: config.HOST })
  } catch (error) {
    await stop()
    throw listenFailure(error, config)
  }
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

  API            ${url}/api
  API reference  ${url}/api/reference
  Data           ${place}
  Guide          docs/getting-started.md

Make an account, and go on from the answer:

  curl -X POST ${url}/api/auth/register -H 'Content-Type: application/json' \\
    -d '{"name":"Ada","email":"ada@example.com","password":"a long passphrase","companyName":"Acme"}'
`
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Clock, systemClock } from '../../src/clock.ts'
import { testSecrets } from '../cluster.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const fastTime = fileURLToPath(new URL('./fast-time.ts', import.meta.url))

/** What the processes of one installation share. */
export type Installation = { readonly databaseUrl: string; readonly originMs: number; readonly speed: number }

/** The time that runs in an installation, for those who look at it from outside. */
export function clockOf({ originMs, speed }: Installation): Clock {
  const nowMs = (): number => Math.floor(originMs + (systemClock.nowMs() - originMs) * speed)
  return { ...systemClock, nowMs, now: () => Temporal.Instant.fromEpochMilliseconds(nowMs()) }
}

export type Process = {
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>
  /** Asks it to end, and gives how it did. */
  stop(): Promise<number | null>
  /** What it wrote to its log. */
  readonly log: () => string
}

/** A process of the program as it is installed: the API or a worker. */
export function startProcess(
  installation: Installation,
  role: 'api' | 'worker',
  settings: Record<string, string> = {},
): Process {
  const child = spawn(process.execPath, ['--import', fastTime, main, 'serve', role], {
    env: {
      ...process.env,
      ...testSecrets,
      DATABASE_URL: installation.databaseUrl,
      FAST_TIME_ORIGIN: String(installation.originMs),
      FAST_TIME_SPEED: String(installation.speed),
      RATE_LIMIT_PER_MINUTE: '1000000',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const ended = once(child, 'exit')
  const running = new Promise<void>((resolve) =>
    child.stdout.on('data', () => (/is running/.test(log) ? resolve() : undefined)),
  )
  return {
    log: () => log,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      // Before that it has nothing to finish, and dies of the signal like any program.
      await Promise.race([running, ended])
      child.kill('SIGTERM')
      await ended
      return exitOf(child)
    },
  }
}

function exitOf({ exitCode }: ChildProcess): number | null {
  return exitCode
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Until an API process answers. */
export async function untilReady(origin: string, api: Process): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isReady = await fetch(`${origin}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await systemClock.sleep(100)
  }
  throw new Error(`the API does not answer: ${api.log()}`)
}

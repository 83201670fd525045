import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { testSecrets } from '../../cluster.ts'
import { rows } from '../../payment-story.ts'
import type { Stage } from '../../provider-story.ts'

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

/** A worker in a process of its own, that talks to the stage's simulator. */
export function startWorker({ server, simulator }: Stage, databaseUrl = server.databaseUrl): ChildProcess {
  const child = spawn(process.execPath, [main, 'serve', 'worker'], {
    env: {
      ...process.env,
      ...testSecrets,
      DATABASE_URL: databaseUrl,
      TEST_PROVIDER_URLS: simulator.setting,
      PUBLIC_URL: server.origin,
      LOG_LEVEL: 'error',
    },
    stdio: 'ignore',
  })
  after(() => child.kill('SIGKILL'))
  return child
}

/** Ends it at once, in the middle of whatever it does. */
export async function killAtOnce(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}

/** Keeps an invoice locked, until somebody waits for it. */
export async function lockInvoice({ server }: Stage, invoiceId: string) {
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  await client.query('begin')
  await client.query('select from invoices where id = $1 for update', [invoiceId])
  return {
    async untilWaitedFor(): Promise<void> {
      const waiting = `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`
      while ((await rows(server, waiting))[0]?.['n'] === 0);
    },
    async letGo(): Promise<void> {
      await client.query('rollback')
      await client.end()
    },
  }
}

export type Cut = 'before_commit' | 'after_commit'

/**
 * Stands between a worker and its database. Once armed, the connection that writes down how a payment ended is cut: when
 * its commit is about to be sent, or when it has been carried out and is about to be answered.
 */
export async function cutter(databaseUrl: string, cut: Cut) {
  const target = new URL(databaseUrl)
  let cuts = 0
  let armed = false
  let tellCut = (): void => undefined
  const isCut = new Promise<void>((resolve) => (tellCut = resolve))
  const open = new Set<Socket>()
  const proxy = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    let wrote = false
    let answersAreLost = false
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        end()
      })
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      wrote ||= armed && text.includes('payments.save')
      if (wrote && cuts === 0 && text.includes('tx.commit')) {
        cuts++
        if (cut === 'before_commit') {
          end()
          return tellCut()
        }
        answersAreLost = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (!answersAreLost) return void client.write(chunk)
      end()
      tellCut()
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  after(() => {
    for (const socket of open) socket.destroy()
    proxy.close()
  })
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    url: url.href,
    arm: () => void (armed = true),
    untilCut: () => isCut,
  }
}

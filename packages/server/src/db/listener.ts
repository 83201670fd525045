import pg from 'pg'
import type { Clock } from '../clock.ts'

const retryMs = 1000

export type Listener = { stop(): Promise<void> }

/**
 * Hears what is announced on a channel, over a connection of its own that is made anew when it breaks. What was
 * announced in between is missed: nothing may depend on it for more than speed.
 */
export function listen(options: {
  url: string
  channel: string
  clock: Pick<Clock, 'sleep'>
  onMessage: (payload: string) => void
}): Listener {
  const stopping = new AbortController()
  let current: pg.Client | undefined
  const hear = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const client = new pg.Client({
        connectionString: options.url,
        application_name: 'novabilling listener',
        keepAlive: true,
      })
      current = client
      const ended = new Promise<void>((resolve) => {
        client.on('end', resolve)
        client.on('error', () => resolve())
      })
      client.on('notification', ({ payload }) => options.onMessage(payload ?? ''))
      try {
        await client.connect()
        await client.query(`listen ${pg.escapeIdentifier(options.channel)}`)
        await ended
      } catch {
        // The database is away; the pools say so to those who ask. Try again after a rest.
      }
      await options.clock.sleep(retryMs, stopping.signal)
    }
  }
  const running = hear()
  return {
    async stop() {
      stopping.abort()
      await current?.end().catch(() => {})
      await running
    },
  }
}

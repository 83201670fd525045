import { newSecret, signatureHeaders } from './slices/webhooks/index.ts'
import type { Clock } from './clock.ts'
import { StartupError } from './startup-error.ts'

type Event = { readonly id: string; readonly event: string; readonly [field: string]: unknown }

export type Listening = {
  readonly clock: Clock
  /** The server, such as http://localhost:3000. */
  readonly origin: string
  readonly key: string
  /** Where events go. */
  readonly to: string
  /** Types (`invoice.paid`), all of a resource (`invoice.*`), or everything (`*`). */
  readonly events: readonly string[]
  /** Signs what is forwarded; one of its own unless given. */
  readonly secret?: string
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

const lookEveryMs = 2000

/**
 * Forwards the events of an API key's environment to an address of this machine, from now on, signed as webhooks are:
 * for working on a receiver that the server cannot reach. What the receiver does not take is told and not repeated.
 * @throws StartupError when the server refuses the key
 */
export async function listenForEvents(listening: Listening): Promise<void> {
  const { clock, origin, to, say, signal, secret = newSecret(), events } = listening
  let after = (await read(listening, 'sortOrder=desc&limit=1'))[0]?.id
  say(`Events of ${origin} go to ${to}, signed with ${secret}`)
  while (!signal.aborted) {
    const found = await read(listening, `limit=100${after === undefined ? '' : `&after=${after}`}`).catch(
      (error: unknown) => {
        if (error instanceof StartupError) throw error
        say(`${origin} cannot be reached, and is asked again.`)
        return []
      },
    )
    for (const event of found) {
      if (signal.aborted) return
      if (isAsked(events, event.event)) await forward(listening, secret, event)
      after = event.id
    }
    if (found.length < 100) await clock.sleep(lookEveryMs, signal)
  }
}

function isAsked(patterns: readonly string[], type: string): boolean {
  return [type, `${type.split('.')[0] ?? ''}.*`, '*'].some((pattern) => patterns.includes(pattern))
}

async function read(
  { origin, key, signal, clock, say }: Listening,
  query: string,
): Promise<readonly Event[]> {
  const answer = await fetch(`${origin}/api/event-log?${query}`, {
    headers: { authorization: `Bearer ${key}` },
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) return undefined
    throw error
  })
  if (answer === undefined) return []
  const body: unknown = await answer.json()
  if (answer.ok) return (body as { data: Event[] }).data
  const { message, retryAfter } = body as { message: string; retryAfter?: number }
  if (retryAfter === undefined) throw new StartupError(`${origin} refuses: ${message}`)
  say(`${message}.`)
  await clock.sleep(retryAfter * 1000, signal)
  return []
}

async function forward({ clock, to, say, signal }: Listening, secret: string, event: Event): Promise<void> {
  const body = JSON.stringify(event)
  const headers = signatureHeaders({ id: event.id, body, at: clock.now(), secrets: [secret] })
  const outcome = await fetch(to, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    redirect: 'manual',
    signal,
  }).then(
    async (answer) => {
      await answer.arrayBuffer()
      return String(answer.status)
    },
    (error: unknown) =>
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error),
  )
  say(`${event.event}  ${event.id}  → ${outcome}`)
}

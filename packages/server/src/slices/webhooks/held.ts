import type { ClaimedEndpoint } from './dispatch-sql.ts'
import { environmentLabel } from './payload.ts'

/**
 * What is on its way at once. Endpoints that fail have a lane of their own, so however many they are, and however long
 * they let us wait, those that answer have theirs.
 */
export const lanes = {
  answering: { messages: 512, endpoints: 256 },
  failing: { messages: 128, endpoints: 128 },
}
export type Lane = keyof typeof lanes

/** To one endpoint: it begins with a few, gets more with each answer, and falls back to one when it fails. */
const firstWindow = 4
const widestWindow = 128

/** An endpoint that this process works for. */
export type Held = {
  readonly endpoint: ClaimedEndpoint
  /** The environment as its events name it. */
  readonly label: string
  readonly lane: Lane
  failingSince: Temporal.Instant | null
  /** How many may be on their way to it at once. */
  window: number
  /** On their way, and answered but not yet written down. */
  open: number
  leaseUntilMs: number
  /** Switched off in our hands. */
  isOff: boolean
}

export function hold(endpoint: ClaimedEndpoint, lane: Lane, lease: Temporal.Instant): Held {
  const { environment_id: id, environment_kind: kind, environment_name: name } = endpoint
  return {
    endpoint,
    label: environmentLabel({ id, kind, name }),
    lane,
    failingSince: endpoint.failing_since,
    window: lane === 'failing' ? 1 : firstWindow,
    open: 0,
    leaseUntilMs: lease.epochMilliseconds,
    isOff: false,
  }
}

/** Gives an endpoint that answers more room, and takes it from one that fails. */
export function adjustWindow(held: Held, hasAnswered: boolean): void {
  held.window = hasAnswered ? Math.min(widestWindow, held.window + 1) : 1
}

/** What names these endpoints in a statement, and fences it off when somebody else has taken them. */
export function fencesOf(held: readonly Held[]): [string[], string[], number[]] {
  return [
    held.map(({ endpoint }) => endpoint.environment_id),
    held.map(({ endpoint }) => endpoint.id),
    held.map(({ endpoint }) => endpoint.attempt),
  ]
}

/** How many messages each of these may be sent now, so that no lane has more on its way than it may. */
export function roomsFor(asking: readonly Held[], all: Iterable<Held>): number[] {
  const left = { answering: lanes.answering.messages, failing: lanes.failing.messages }
  for (const { lane, open } of all) left[lane] -= open
  return asking.map(({ lane, window, open }) => {
    const room = Math.max(0, Math.min(window - open, left[lane]))
    left[lane] -= room
    return room
  })
}

import { type EventResource, type EventType, eventKinds } from '../../db/events.ts'
import type { Scope } from '../../http/scopes.ts'

/** Whose events they are: the noun of the scopes that a key needs for them. */
const nouns = {
  customer: ['customers'],
  subscription: ['subscriptions'],
  invoice: ['invoices'],
  payment: ['payments'],
  credit_note: ['invoices'],
} as const satisfies Record<EventResource, readonly string[]>

type Noun = (typeof nouns)[EventResource][number]

const everyNoun: readonly Noun[] = ['customers', 'subscriptions', 'invoices', 'payments']
const everyResource = Object.keys(nouns) as EventResource[]

/** `customer.created` and so on. */
export const eventTypes: readonly EventType[] = everyResource.flatMap((resource) =>
  eventKinds[resource].map((kind) => `${resource}.${kind}` as EventType),
)

/** Keys that see something of the stream, be it little. */
export const readScopes: readonly Scope[] = [
  'customers:read',
  'plans:read',
  'subscriptions:read',
  'invoices:read',
  'payments:read',
  'analytics:read',
]

/** The nouns that a key may read. */
export function nounsOf(scopes: ReadonlySet<string>): Noun[] {
  return everyNoun.filter((noun) => scopes.has(`${noun}:read`))
}

/** The types of events that somebody sees who may read these nouns. */
export function typesWithin(held: readonly Noun[]): EventType[] {
  const readable = readableResources(held)
  return eventTypes.filter((type) => readable.some((resource) => type.startsWith(`${resource}.`)))
}

function readableResources(held: readonly Noun[]): EventResource[] {
  return everyResource.filter((resource) => nouns[resource].every((noun) => held.includes(noun)))
}

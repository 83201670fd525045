import { type EventResource, type EventType, eventKinds } from '../../db/events.ts'
import type { Scope } from '../../http/scopes.ts'

/** Whose events they are: the noun of the scopes that a key needs for them. */
const nouns = {
  customer: ['customers'],
  subscription: ['subscriptions'],
  invoice: ['invoices'],
  payment: ['payments'],
  credit_note: ['invoices'],
  wallet: ['payments'],
  usage: ['subscriptions'],
  // Where events go is told to those who may see all of them.
  webhook_endpoint: ['customers', 'subscriptions', 'invoices', 'payments'],
} as const satisfies Record<EventResource, readonly string[]>

export type Noun = (typeof nouns)[EventResource][number]

const everyNoun: readonly Noun[] = ['customers', 'subscriptions', 'invoices', 'payments']
const everyResource = Object.keys(nouns) as EventResource[]

/** `customer.created` and so on. */
export const eventTypes: readonly EventType[] = everyResource.flatMap((resource) =>
  eventKinds[resource].map((kind) => `${resource}.${kind}` as EventType),
)

/** What an endpoint may ask for: one type, all of a resource, or everything. */
export const eventPatterns: readonly string[] = [
  '*',
  ...everyResource.map((resource) => `${resource}.*`),
  ...eventTypes,
]

/** Keys that see something of the stream, be it little. */
export const readScopes: readonly Scope[] = [
  'customers:read',
  'plans:read',
  'subscriptions:read',
  'invoices:read',
  'payments:read',
  'analytics:read',
]
export const writeScopes: readonly Scope[] = everyNoun.map((noun): Scope => `${noun}:write`)

/** The nouns that a key may read, or write. */
export function nounsOf(scopes: ReadonlySet<string>, right: 'read' | 'write'): Noun[] {
  return everyNoun.filter((noun) => scopes.has(`${noun}:${right}`))
}

/** Whose events these patterns ask for. */
export function nounsIn(patterns: readonly string[]): Noun[] {
  const asked = patterns.flatMap((pattern) =>
    pattern === '*' ? everyNoun : resourcesIn(pattern).flatMap((resource) => [...nouns[resource]]),
  )
  return everyNoun.filter((noun) => asked.includes(noun))
}

function resourcesIn(pattern: string): EventResource[] {
  return everyResource.filter((resource) => pattern.startsWith(`${resource}.`))
}

/** All that somebody may ask for who holds these nouns. */
export function patternsWithin(held: readonly Noun[]): string[] {
  if (everyNoun.every((noun) => held.includes(noun))) return ['*']
  return readableResources(held).map((resource) => `${resource}.*`)
}

/** The types of events that somebody sees who may read these nouns. */
export function typesWithin(held: readonly Noun[]): EventType[] {
  const readable = readableResources(held)
  return eventTypes.filter((type) => readable.some((resource) => type.startsWith(`${resource}.`)))
}

function readableResources(held: readonly Noun[]): EventResource[] {
  return everyResource.filter((resource) => nouns[resource].every((noun) => held.includes(noun)))
}

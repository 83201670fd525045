import { publicId } from '../../ids.ts'
import type { EventRow } from './log-sql.ts'
import type { LoggedEvent } from './schema.ts'

/** An environment as events name it: as its keys do. */
export function environmentLabel({ id, kind, name }: { id: string; kind: string; name: string }): string {
  if (kind === 'LIVE') return 'live'
  return name === 'test' ? 'test' : publicId('environment', id)
}

/** What is sent, and what the log shows: the resource in the very characters that were recorded. */
export function payloadOf(event: Omit<EventRow, 'transaction'>, environment: string): string {
  const head = JSON.stringify({
    id: publicId('event', event.id),
    event: event.type,
    timestamp: event.occurred_at,
    environment,
  })
  return `${head.slice(0, -1)},"data":${event.erased ? withoutProfile(event.body) : event.body}}`
}

/** The same as an object. */
export function presentEvent(event: EventRow, environment: string): LoggedEvent {
  // Written by payloadOf from what the product recorded.
  return JSON.parse(payloadOf(event, environment)) as LoggedEvent
}

/** What the erasure of a customer takes away, taken from an event that was recorded before. */
const profile = { email: null, name: null, externalId: null, address: null, taxId: null, metadata: {} }

function withoutProfile(body: string): string {
  const customer: unknown = JSON.parse(body)
  return JSON.stringify(typeof customer === 'object' ? { ...customer, ...profile } : customer)
}

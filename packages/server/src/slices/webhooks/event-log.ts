import type { Reader } from '../../db/transaction.ts'
import type { Page } from '../../http/pages.ts'
import type { DataPrincipal } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { nounsOf, typesWithin } from './audience.ts'
import { environmentName, eventById, eventsAfter, eventsBefore, placeOfEvent } from './log-sql.ts'
import { environmentLabel, presentEvent } from './payload.ts'
import type { ListEvents, LoggedEvent } from './schema.ts'

const first = { transaction: '0', id: '00000000-0000-0000-0000-000000000000' }
const last = { transaction: '18446744073709551615', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

/**
 * A part of the stream of events, in the order of their commits: who reads on from the last one that he has misses
 * none, whatever commits meanwhile. A key sees the events of what it may read.
 */
export async function listEvents(
  reader: Reader,
  principal: DataPrincipal,
  query: ListEvents,
): Promise<Page<LoggedEvent>> {
  const { tenantId, environmentId } = principal
  const readable: readonly string[] = typesWithin(nounsOf(principal.scopes, 'read'))
  const { after, cursor, limit = 20, sortOrder = 'asc', event } = query
  if (after !== undefined && cursor !== undefined)
    throw invalid({ path: 'cursor', message: 'cannot be used together with after' })
  const behind = after ?? cursor
  const path = after === undefined ? 'cursor' : 'after'
  const [[environment], [found]] = await reader.queryAll([
    environmentName(tenantId, environmentId),
    placeOfEvent(environmentId, parseId('event', behind ?? '') ?? first.id, readable),
  ])
  if (!environment) throw new Error('an environment vanished')
  if (behind !== undefined && !found)
    throw invalid({ path, message: 'is not the id of an event that this key can see' })

  const types = event === undefined ? readable : readable.filter((type) => type === event)
  const [read, start] = sortOrder === 'asc' ? [eventsAfter, first] : [eventsBefore, last]
  const place = found ?? start
  const rows = await reader.query(read(environmentId, types, place.transaction, place.id, limit + 1))
  const shown = rows.slice(0, limit)
  const end = shown.at(-1)
  const label = environmentLabel(environment)
  return {
    data: shown.map((row) => presentEvent(row, label)),
    meta: { limit, nextCursor: rows.length > limit && end ? publicId('event', end.id) : null },
  }
}

/** One event that the key may read. @throws Refusal event_not_found */
export async function findEvent(reader: Reader, principal: DataPrincipal, id: string): Promise<LoggedEvent> {
  const { tenantId, environmentId } = principal
  const uuid = parseId('event', id)
  if (uuid === undefined) throw new Refusal('event_not_found')
  const [[environment], [row]] = await reader.queryAll([
    environmentName(tenantId, environmentId),
    eventById(environmentId, uuid, typesWithin(nounsOf(principal.scopes, 'read'))),
  ])
  if (!row) throw new Refusal('event_not_found')
  if (!environment) throw new Error('an environment vanished')
  return presentEvent(row, environmentLabel(environment))
}

import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { presentEvent } from './present.ts'
import type { ListUsageEvents, UsageEvent } from './schema.ts'
import { type MeteredRow, eventColumns, eventSelect, meteredByReferences } from './sql.ts'

/** A subscription by our id, or by its external id. */
export async function findMetered(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  reference: string,
): Promise<MeteredRow> {
  const id = parseId('subscription', reference)
  const ids = id === undefined ? [] : [id]
  const rows = await reader.query(meteredByReferences(environmentId, ids, [reference]))
  const row = rows.find((one) => one.id === id) ?? rows[0]
  if (!row) throw new Refusal('subscription_not_found')
  return row
}

/** A page of the events of a subscription, newest first, by when they happened. */
export async function listEvents(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  { subscriptionId, query }: { subscriptionId: string; query: ListUsageEvents },
): Promise<Page<UsageEvent>> {
  const subscription = await findMetered(reader, environmentId, subscriptionId)
  const where = [
    fragment`environment_id = ${environmentId}::uuid`,
    fragment`subscription_id = ${subscription.id}::uuid`,
  ]
  if (query.from !== undefined) where.push(fragment`occurred_at >= ${query.from}::timestamptz`)
  if (query.to !== undefined) where.push(fragment`occurred_at < ${query.to}::timestamptz`)
  if (query.code !== undefined) {
    where.push(fragment`metric_id in (
      select m.id from billable_metrics m where m.environment_id = ${environmentId}::uuid and m.code = ${query.code}
    )`)
  }
  // A cursor is signed with what it filters by, and fits the list of no other subscription.
  const filters = { ...query, subscription: subscription.id }
  return listPage({
    deps,
    reader,
    name: 'usage.events',
    from: 'usage_events',
    select: eventSelect,
    columns: eventColumns,
    where,
    sort: { by: 'timestamp', column: 'occurred_at', cast: 'timestamptz', descending: true },
    query: filters,
    sortValue: (row) => row.occurred_at.toString(),
    present: presentEvent,
  })
}

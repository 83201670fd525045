import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { presentEvent } from './present.ts'
import { usageEventId } from './read-event.ts'
import type { FindUsageEvents, ListUsageEvents, UsageEvent } from './schema.ts'
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
  const { id } = await findMetered(reader, environmentId, subscriptionId)
  return pageOfEvents({ deps, reader, environmentId }, { ...query, subscription: id }, [
    fragment`subscription_id = ${id}::uuid`,
  ])
}

/**
 * A page of the events of a subscription, or of a customer's subscriptions, or of one transactionId, newest first. Refuses
 * to look for less than that: an environment may have a billion.
 */
export async function findEvents(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: FindUsageEvents,
): Promise<Page<UsageEvent>> {
  const { subscriptionId, customerId, transactionId } = query
  if ((subscriptionId ?? customerId ?? transactionId) === undefined)
    throw invalid({ path: 'subscriptionId', message: 'is needed, or a customerId, or a transactionId' })
  const whose: Condition[] = []
  if (subscriptionId !== undefined) {
    const { id } = await findMetered(reader, environmentId, subscriptionId)
    whose.push(fragment`subscription_id = ${id}::uuid`)
  }
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    whose.push(fragment`subscription_id in (
      select s.id from subscriptions s where s.environment_id = ${environmentId}::uuid and s.customer_id = ${id}::uuid
    )`)
  }
  if (transactionId !== undefined)
    whose.push(fragment`id = ${usageEventId(environmentId, transactionId)}::uuid`)
  return pageOfEvents({ deps, reader, environmentId }, query, whose)
}

type Condition = ReturnType<typeof fragment>
type Here = { readonly deps: Deps; readonly reader: Reader; readonly environmentId: string }

// A cursor is signed with what it filters by, and fits the list of no other subscription.
function pageOfEvents(
  { deps, reader, environmentId }: Here,
  query: ListUsageEvents & { readonly subscription?: string },
  whose: readonly Condition[],
): Promise<Page<UsageEvent>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`, ...whose]
  if (query.from !== undefined) where.push(fragment`occurred_at >= ${query.from}::timestamptz`)
  if (query.to !== undefined) where.push(fragment`occurred_at < ${query.to}::timestamptz`)
  if (query.code !== undefined) {
    where.push(fragment`metric_id in (
      select m.id from billable_metrics m where m.environment_id = ${environmentId}::uuid and m.code = ${query.code}
    )`)
  }
  return listPage({
    deps,
    reader,
    name: 'usage.events',
    from: 'usage_events',
    select: eventSelect,
    columns: eventColumns,
    where,
    sort: { by: 'timestamp', column: 'occurred_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.occurred_at.toString(),
    present: presentEvent,
  })
}

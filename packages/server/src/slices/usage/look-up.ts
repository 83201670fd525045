import { uuidArray, xidArray } from '../../db/binary-array.ts'
import type { Pool } from '../../db/pool.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { parseId } from '../../ids.ts'
import { type MetricRow, metricsByCodes } from '../metrics/index.ts'
import { type Metered, meteredOf } from './metered.ts'
import type { UsageEventInput } from './schema.ts'
import { type MeteredRow, meteredByReferences, meteredChanged } from './sql.ts'

type Found = { readonly subscription: Metered | undefined; readonly metric: MetricRow | undefined }

/** Subscriptions as they were last seen, by the reference that events have of them. */
type Seen = Map<string, Metered>

const mostSeen = 50_000
const seenOf = new WeakMap<Pool, { environments: Map<string, Seen>; count: number }>()

/**
 * The subscriptions and metrics that events name, in one round trip. Most subscriptions were named before: of those the
 * database is only asked which have changed since, so what is found is what is there now.
 */
export async function lookUp(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  inputs: readonly UsageEventInput[],
): Promise<(input: UsageEventInput) => Found> {
  const { seen, keep } = seenIn(deps.db, environmentId)
  const subscriptions: Seen = new Map()
  const news = new Set<string>()
  const codes = new Set<string>()
  for (const { subscriptionId, code } of inputs) {
    codes.add(code)
    const metered = seen.get(subscriptionId)
    if (metered) subscriptions.set(subscriptionId, metered)
    else news.add(subscriptionId)
  }
  const known = [...subscriptions.values()]
  const [found, changed, metrics] = await tx.queryAll([
    meteredByReferences(environmentId, uuidArray(idsAmong(news)), [...news]),
    meteredChanged(
      environmentId,
      uuidArray(known.map(({ id }) => id)),
      xidArray(known.map(({ version }) => version)),
    ),
    metricsByCodes(environmentId, [...codes]),
  ])
  const resolve = (references: Iterable<string>, rows: readonly MeteredRow[]): string[] => {
    const byId = new Map(rows.map((row) => [row.id, row]))
    const byExternalId = new Map(rows.map((row) => [row.external_id, row]))
    const missing: string[] = []
    for (const reference of references) {
      // An external id may look like one of ours.
      const row = byId.get(parseId('subscription', reference) ?? '') ?? byExternalId.get(reference)
      if (row) subscriptions.set(reference, keep(reference, meteredOf(row)))
      else if (subscriptions.delete(reference)) missing.push(reference)
    }
    return missing
  }
  resolve(news, found)
  if (changed.length > 0) {
    const ids = new Set(changed.map(({ id }) => id))
    const again = [...subscriptions].flatMap(([reference, { id }]) => (ids.has(id) ? [reference] : []))
    // What was an external id of one may be that of another now.
    const moved = resolve(again, changed)
    if (moved.length > 0)
      resolve(moved, await tx.query(meteredByReferences(environmentId, uuidArray([]), moved)))
  }
  const byCode = new Map(metrics.map((row) => [row.code, row]))
  return ({ subscriptionId, code }) => ({
    subscription: subscriptions.get(subscriptionId),
    metric: byCode.get(code),
  })
}

function idsAmong(references: Iterable<string>): string[] {
  return [...references].flatMap((reference) => parseId('subscription', reference) ?? [])
}

function seenIn(
  db: Pool,
  environmentId: string,
): { seen: ReadonlyMap<string, Metered>; keep: (reference: string, metered: Metered) => Metered } {
  let all = seenOf.get(db)
  if (!all || all.count > mostSeen) seenOf.set(db, (all = { environments: new Map(), count: 0 }))
  const seen: Seen = all.environments.get(environmentId) ?? new Map()
  all.environments.set(environmentId, seen)
  const counted = all
  return {
    seen,
    keep(reference, metered) {
      if (!seen.has(reference)) counted.count++
      seen.set(reference, metered)
      return metered
    },
  }
}

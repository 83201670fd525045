import { type Ratio, fromDecimal } from '@novabilling/core/money'
import { unitsOf } from '@novabilling/core/usage'
import type { Reader } from '../../db/transaction.ts'
import { isoMs } from './ingest.ts'
import { eventsOfWindow, totalsOfWindows } from './read-sql.ts'

/** Which usage is asked for: a metric of a subscription over `[from, to)`, epoch milliseconds, any instants. */
export type UsageAsk = {
  readonly environmentId: string
  readonly subscriptionId: string
  readonly metricId: string
  readonly from: number
  readonly to: number
  /** Only events with one of these values for each key, which is a filter of the metric. None: all events. */
  readonly filters?: readonly { readonly key: string; readonly values: readonly string[] }[]
  /** What is weighted by time is weighted by this; `to - from` unless said. Of a stub, the whole period's. */
  readonly wholeMs?: number
}

export type Usage = {
  /** Exact, by the aggregation of the metric. Below zero where quantities were. */
  readonly units: Ratio
  /** Weighted by the share of the period that they were there; the units themselves for COUNT, MAX and LATEST. */
  readonly weighted: Ratio
  /** At the end, not weighted: of a WEIGHTED_SUM its level, else the units. */
  readonly level: Ratio
  /** How many events of the window are behind it. */
  readonly events: bigint
}

/**
 * The usage of many subscriptions and metrics in one statement, in the order they are asked for. What a recurring metric
 * carries from before the window is in it. It costs a row a local day and filter value, however many events there were;
 * an edge that is no midnight and was no bound of a period when its events came costs the events of its day.
 */
export async function readUsage(reader: Pick<Reader, 'query'>, asks: readonly UsageAsk[]): Promise<Usage[]> {
  if (asks.length === 0) return []
  const rows = await reader.query(
    totalsOfWindows(
      asks.map((ask) => ask.environmentId),
      asks.map((ask) => ask.subscriptionId),
      asks.map((ask) => ask.metricId),
      asks.map((ask) => isoMs(ask.from)),
      asks.map((ask) => isoMs(ask.to)),
      asks.map(filterText),
    ),
  )
  return asks.map((ask, index) => {
    const row = rows[index]
    if (row?.place !== index + 1) throw new Error(`usage of a metric that is not there: ${ask.metricId}`)
    // Better no invoice than one that is too low.
    if (!row.is_kept)
      throw new Error(`events of a day that ${isoMs(ask.from)} or ${isoMs(ask.to)} cuts are gone`)
    const { events, total, highest, latest, words: distinct, unit_ms: unitMs } = row
    const units = unitsOf(
      row.aggregation_type,
      { events, total, highest, latest, distinct, unitMs },
      ask.wholeMs ?? ask.to - ask.from,
    )
    return { ...units, events }
  })
}

/**
 * What each event of a window brought (1 for COUNT), in the order of time; it costs as much as there are events. One of
 * which not all are kept any more, by how many there were, is an Error.
 */
export async function readEvents(
  reader: Pick<Reader, 'query'>,
  ask: UsageAsk,
  events: bigint,
): Promise<{ readonly at: number; readonly units: Ratio }[]> {
  const { environmentId, subscriptionId, metricId } = ask
  const [from, to] = [isoMs(ask.from), isoMs(ask.to)]
  const rows = await reader.query(
    eventsOfWindow(environmentId, subscriptionId, metricId, from, to, filterText(ask)),
  )
  // Better no invoice than one from events of which some are not kept any more.
  if (BigInt(rows.length) !== events)
    throw new Error(`${events} events from ${from} to ${to} are ${rows.length}`)
  return rows.map(({ occurred_at, quantity }) => ({
    at: occurred_at.epochMilliseconds,
    units: fromDecimal(quantity),
  }))
}

function filterText({ filters = [] }: UsageAsk): string {
  return JSON.stringify(Object.fromEntries(filters.map(({ key, values }) => [key, values])))
}

import { hash } from 'node:crypto'
import { type Bucket, quantityOf } from '@novabilling/core/usage'
import { instantMs } from '../../http/validation.ts'
import { type RefusalCode, refusals } from '../../refusal.ts'
import type { MetricRow } from '../metrics/index.ts'
import { countedOnceDays } from './generations.ts'
import { type Metered, bucketAt, isRunning } from './metered.ts'
import type { UsageEventInput } from './schema.ts'

/** Clocks differ: an event may be so far ahead of ours. */
const aheadMs = 5 * 60_000
const oldestMs = countedOnceDays * 86_400_000
const longestText = 500

/** What is wrong with one event: a code, and the field at fault where there is one. */
export class EventFault {
  readonly code: RefusalCode
  readonly message: string
  readonly path: string | null

  constructor(code: RefusalCode, path: string | null = null, message: string = refusals[code][1]) {
    this.code = code
    this.message = message
    this.path = path
  }
}

/** An event that can be counted. */
export type CountedEvent = {
  readonly id: string
  readonly transactionId: string
  readonly subscriptionId: string
  readonly metric: MetricRow
  readonly at: number
  readonly properties: Readonly<Record<string, unknown>>
  readonly quantity: string | null
  readonly word: string | null
  readonly bucket: Bucket
  readonly filterValues: string
}

/** What an event is for, as far as it is known. */
export type Known = {
  readonly environmentId: string
  readonly subscription: Metered | undefined
  readonly metric: MetricRow | undefined
  readonly nowMs: number
}

/** The event as it counts, or the first reason why it does not. */
export function readEvent(input: UsageEventInput, known: Known): CountedEvent | EventFault {
  const { subscription, metric, nowMs, environmentId } = known
  if (!subscription) return new EventFault('subscription_not_found', 'subscriptionId')
  if (!metric) return new EventFault('billable_metric_not_found', 'code')
  const at = input.timestamp === undefined ? nowMs : msOf(input.timestamp)
  if (at > nowMs + aheadMs) return new EventFault('usage_event_in_future', 'timestamp')
  if (at < nowMs - oldestMs) return new EventFault('usage_event_too_old', 'timestamp')
  if (!isRunning(subscription, at)) return new EventFault('usage_event_outside_subscription', 'timestamp')
  const properties = input.properties ?? {}
  const counted = faultOf(properties) ?? countOf(metric, properties)
  if (counted instanceof EventFault) return counted
  return {
    id: usageEventId(environmentId, input.transactionId),
    transactionId: input.transactionId,
    subscriptionId: subscription.id,
    metric,
    at,
    properties,
    ...counted,
    bucket: bucketAt(subscription, at),
    filterValues: filterValuesOf(metric, properties),
  }
}

/** The id that a transaction id has in an environment: the same however often it is sent (UUIDv8, RFC 9562 §5.8). */
export function usageEventId(environmentId: string, transactionId: string): string {
  const hex = hash('sha256', `${environmentId}\0${transactionId}`, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function msOf(timestamp: string): number {
  return instantMs(timestamp) ?? Temporal.Instant.from(timestamp).epochMilliseconds
}

type Count = { readonly quantity: string | null; readonly word: string | null }

function countOf(
  { aggregation_type, field_name }: MetricRow,
  properties: Readonly<Record<string, unknown>>,
): Count | EventFault {
  if (field_name === null) return { quantity: null, word: null }
  const path = `properties.${field_name}`
  const value = Object.hasOwn(properties, field_name) ? properties[field_name] : undefined
  if (value === undefined) return new EventFault('usage_property_missing', path)
  if (aggregation_type === 'UNIQUE_COUNT') return { quantity: null, word: textOf(value) }
  const quantity = quantityOf(value)
  return typeof quantity === 'string'
    ? { quantity, word: null }
    : new EventFault('usage_property_invalid', path, quantity.message)
}

function faultOf(properties: Readonly<Record<string, unknown>>): EventFault | undefined {
  for (const [name, value] of Object.entries(properties)) {
    const path = `properties.${name}`
    if (typeof value === 'string' && value.length > longestText)
      return new EventFault('usage_property_invalid', path, `must be at most ${longestText} characters long`)
    if (typeof value === 'number' && !Number.isFinite(value))
      return new EventFault('usage_property_invalid', path, 'must be a number in plain decimal form')
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return new EventFault('usage_property_invalid', path, 'must be a string, a number or a boolean')
  }
  return undefined
}

/** The values by which usage is kept apart, as one text; a value that its filter does not list is not kept. */
function filterValuesOf({ filters }: MetricRow, properties: Readonly<Record<string, unknown>>): string {
  if (filters.length === 0) return '{}'
  const kept: Record<string, string> = {}
  for (const { key, values } of filters) {
    const value = Object.hasOwn(properties, key) ? textOf(properties[key]) : undefined
    if (value !== undefined && values.includes(value)) kept[key] = value
  }
  return JSON.stringify(kept)
}

/** `true` and `'true'`, `1` and `'1'` are the same value. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

import { Type, type Static } from 'typebox'
import { aggregations } from '@novabilling/core/usage'
import { pageQuery } from '../../http/pages.ts'
import { Instant, closed, named, oneOf, orNull, words } from '../../http/shapes.ts'

const subscriptionId = words(300, { description: 'Our id of the subscription, or your externalId of it' })
const code = words(100, { description: 'Code of the billable metric' })

// What a value is, is told item by item, so one bad value does not cost a batch.
const properties = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  maxProperties: 50,
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: {},
  description: 'Strings of at most 500 characters, numbers and booleans',
})

export const UsageEventInput = Type.Object(
  {
    transactionId: words(255, {
      description: 'Your own id of what happened. However often it is sent within 35 days, it counts once',
    }),
    subscriptionId,
    code,
    timestamp: Type.Optional(
      Type.Unsafe<string>({
        ...Instant,
        description: 'When it happened, at most 35 days ago; now unless said',
      }),
    ),
    properties: Type.Optional(properties),
  },
  { $id: 'UsageEventInput', additionalProperties: false },
)
export type UsageEventInput = Static<typeof UsageEventInput>

export const UsageBatchInput = closed({
  events: Type.Array(named<UsageEventInput>('UsageEventInput'), { minItems: 1, maxItems: 1000 }),
})

const event = {
  id: Type.String(),
  transactionId: Type.String(),
  subscriptionId: Type.String(),
  code: Type.String(),
  timestamp: Instant,
  properties: Type.Unsafe<Record<string, string | number | boolean>>({
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
  }),
  createdAt: Instant,
}

export const UsageEvent = Type.Object(event, { $id: 'UsageEvent' })
export type UsageEvent = Static<typeof UsageEvent>

export const RecordedUsageEvent = Type.Object(
  {
    ...event,
    status: oneOf(['created', 'duplicate'], {
      description: 'duplicate: its transactionId had counted before; this is the event that counted',
    }),
  },
  { $id: 'RecordedUsageEvent' },
)
export type RecordedUsageEvent = Static<typeof RecordedUsageEvent>

export const UsageFault = Type.Object(
  {
    code: Type.String({ description: 'One of the closed list in docs/errors.md' }),
    message: Type.String(),
    path: orNull(Type.String({ description: 'The field at fault' })),
  },
  { $id: 'UsageFault' },
)
export type UsageFault = Static<typeof UsageFault>

export const UsageResult = Type.Object(
  {
    transactionId: orNull(Type.String()),
    status: oneOf(['created', 'duplicate', 'error']),
    error: orNull(named<UsageFault>('UsageFault')),
    line: Type.Optional(Type.Integer({ description: 'Its line in an upload, from 1' })),
  },
  { $id: 'UsageResult' },
)
export type UsageResult = Static<typeof UsageResult>

export const UsageBatch = Type.Object(
  {
    total: Type.Integer(),
    created: Type.Integer(),
    duplicates: Type.Integer(),
    errors: Type.Integer(),
    results: Type.Array(named<UsageResult>('UsageResult'), {
      description: 'One for each event, in their order; of an upload only the errors, 1000 at most',
    }),
  },
  { $id: 'UsageBatch' },
)
export type UsageBatch = Static<typeof UsageBatch>

export const ListUsageEvents = closed({
  ...pageQuery,
  code: Type.Optional(code),
  from: Type.Optional(Type.Unsafe<string>({ ...Instant, description: 'First instant, inclusive' })),
  to: Type.Optional(Type.Unsafe<string>({ ...Instant, description: 'Last instant, exclusive' })),
})
export type ListUsageEvents = Static<typeof ListUsageEvents>

export const FindUsageEvents = closed({
  ...ListUsageEvents.properties,
  subscriptionId: Type.Optional(subscriptionId),
  customerId: Type.Optional(words(300)),
  transactionId: Type.Optional(words(255, { description: 'Your own id of what happened' })),
})
export type FindUsageEvents = Static<typeof FindUsageEvents>

export const SubscriptionPath = closed({ subscriptionId: Type.String({ maxLength: 300 }) })

const units = Type.String({ description: 'A decimal, rounded to 12 decimals where it is weighted by time' })

const UsageOfFilter = Type.Object(
  {
    values: Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'The values of the filters of the metric',
    }),
    units,
    events: Type.Integer(),
  },
  { $id: 'UsageOfFilter' },
)

const UsageOfMetric = Type.Object(
  {
    billableMetricId: Type.String(),
    code: Type.String(),
    name: Type.String(),
    aggregationType: oneOf(aggregations),
    recurring: Type.Boolean(),
    units,
    events: Type.Integer({ description: 'How many events of the period are behind it' }),
    filters: Type.Array(named<Static<typeof UsageOfFilter>>('UsageOfFilter')),
  },
  { $id: 'UsageOfMetric' },
)

export const CurrentUsage = Type.Object(
  {
    subscriptionId: Type.String(),
    from: orNull(Instant),
    to: orNull(Instant),
    metrics: Type.Array(named<Static<typeof UsageOfMetric>>('UsageOfMetric')),
  },
  { $id: 'CurrentUsage' },
)
export type CurrentUsage = Static<typeof CurrentUsage>

export const usageSchemas = [
  UsageEventInput,
  UsageEvent,
  RecordedUsageEvent,
  UsageFault,
  UsageResult,
  UsageBatch,
  UsageOfFilter,
  UsageOfMetric,
  CurrentUsage,
]

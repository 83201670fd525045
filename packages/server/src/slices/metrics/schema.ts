import { Type, type Static } from 'typebox'
import { aggregations } from '@novabilling/core/usage'
import { pageQuery } from '../../http/pages.ts'
import { Instant, closed, oneOf, orNull, words } from '../../http/shapes.ts'

const code = Type.String({
  pattern: '^[A-Za-z0-9._:-]+$',
  minLength: 1,
  maxLength: 100,
  description: 'What events call it',
})
const propertyName = Type.String({ minLength: 1, maxLength: 40, pattern: String.raw`\S` })

const Filter = closed({
  key: propertyName,
  values: Type.Array(words(100), { minItems: 1, maxItems: 100, uniqueItems: true }),
})
const filters = Type.Array(Filter, {
  maxItems: 5,
  description: 'Properties by whose values usage is kept apart, so that charges can ask for some of them',
})
const recurring = Type.Boolean({
  description:
    'Whether the level is carried from period to period; for SUM, UNIQUE_COUNT, LATEST and WEIGHTED_SUM',
})

export const CreateMetric = closed({
  name: words(100),
  code,
  description: Type.Optional(words(500)),
  aggregationType: oneOf(aggregations),
  fieldName: Type.Optional(
    Type.Unsafe<string>({ ...propertyName, description: 'The property that is counted; none for COUNT' }),
  ),
  recurring: Type.Optional(recurring),
  filters: Type.Optional(filters),
})
export type CreateMetric = Static<typeof CreateMetric>

export const UpdateMetric = closed({
  name: Type.Optional(words(100)),
  description: Type.Optional(orNull(words(500))),
  filters: Type.Optional(filters),
})
export type UpdateMetric = Static<typeof UpdateMetric>

export const BillableMetric = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    code: Type.String(),
    description: orNull(Type.String()),
    aggregationType: oneOf(aggregations),
    fieldName: orNull(Type.String()),
    recurring,
    filters: Type.Array(Type.Object({ key: Type.String(), values: Type.Array(Type.String()) })),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'BillableMetric' },
)
export type BillableMetric = Static<typeof BillableMetric>

export const ListMetrics = closed({
  ...pageQuery,
  search: Type.Optional(words(100, { description: 'Part of the name or the code' })),
})
export type ListMetrics = Static<typeof ListMetrics>

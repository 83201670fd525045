import { Type, type Static } from 'typebox'
import { dayQuery } from '../../http/days.ts'
import { Currency, Day, Money, closed, oneOf } from '../../http/shapes.ts'

const sums = {
  total: { ...Money, description: 'Money received' },
  refunded: { ...Money, description: 'Money given back' },
  count: Type.Integer({ description: 'Payments received' }),
}

export const RevenueQuery = closed({
  ...dayQuery,
  currency: Type.Optional(Type.Unsafe<string>({ ...Currency, description: "Default: the tenant's" })),
  groupBy: Type.Optional(
    oneOf(['day', 'week', 'month'], { description: 'Default month; weeks start on Monday' }),
  ),
})
export type RevenueQuery = Static<typeof RevenueQuery>

export const Revenue = Type.Object(
  {
    currency: Type.String(),
    ...sums,
    breakdown: Type.Array(
      Type.Object({ period: { ...Day, description: 'First day of the day, week or month' }, ...sums }),
      { description: 'Periods in which money moved, oldest first' },
    ),
    mrr: { ...Money, description: 'What the running subscriptions are worth a month, now' },
    arr: { ...Money, description: 'What the running subscriptions are worth a year, now' },
  },
  { $id: 'Revenue' },
)
export type Revenue = Static<typeof Revenue>

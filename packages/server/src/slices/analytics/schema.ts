import { Type, type Static } from 'typebox'
import { aggregations } from '@novabilling/core/usage'
import { dayQuery } from '../../http/days.ts'
import { Currency, Day, Money, closed, oneOf, orNull } from '../../http/shapes.ts'

const sums = {
  total: { ...Money, description: 'Money received' },
  refunded: { ...Money, description: 'Money given back' },
  count: Type.Integer({ description: 'Payments received' }),
}

const currency = Type.Optional(Type.Unsafe<string>({ ...Currency, description: "Default: the tenant's" }))
const groupBy = Type.Optional(
  oneOf(['day', 'week', 'month'], { description: 'Default month; weeks start on Monday' }),
)
const period = { ...Day, description: 'First day of the day, week or month' }
const share = (description: string) => orNull(Type.Number({ description }))

export const RevenueQuery = closed({ ...dayQuery, currency, groupBy })
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

export const NetRevenue = Type.Object(
  {
    currency: Type.String(),
    total: { ...Money, description: 'Earned, less what was credited' },
    breakdown: Type.Array(Type.Object({ period, total: Money }), {
      description: 'Periods in which something was earned or credited, oldest first',
    }),
  },
  { $id: 'NetRevenue' },
)
export type NetRevenue = Static<typeof NetRevenue>

export const SubscriptionFiguresQuery = closed({ ...dayQuery, groupBy })
export type SubscriptionFiguresQuery = Static<typeof SubscriptionFiguresQuery>

export const SubscriptionFigures = Type.Object(
  {
    total: Type.Integer({ description: 'All there are, now; as the five after it' }),
    active: Type.Integer(),
    trialing: Type.Integer(),
    paused: Type.Integer(),
    pastDue: Type.Integer(),
    canceled: Type.Integer(),
    parked: Type.Integer({ description: 'Set aside by the billing run, because billing them failed' }),
    new: Type.Integer({ description: 'Started on these days' }),
    churned: Type.Integer({ description: 'Ended on these days' }),
    churnRate: share(
      'Percent of those that ran as the first day began or started on these days; null: none did',
    ),
    breakdown: Type.Array(Type.Object({ period, new: Type.Integer(), churned: Type.Integer() }), {
      description: 'Periods in which any started or ended, oldest first',
    }),
  },
  { $id: 'SubscriptionFigures' },
)
export type SubscriptionFigures = Static<typeof SubscriptionFigures>

export const PaymentFiguresQuery = closed({
  ...dayQuery,
  currency,
  groupBy,
  provider: Type.Optional(Type.String({ minLength: 1, maxLength: 40, description: 'Default: all' })),
})
export type PaymentFiguresQuery = Static<typeof PaymentFiguresQuery>

const payments = {
  total: Type.Integer({ description: 'Attempts made on these days' }),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  successRate: share('Percent of those that have ended; null: none has'),
  totalProcessed: { ...Money, description: 'Of those that succeeded, before refunds' },
}

export const PaymentFigures = Type.Object(
  {
    currency: Type.String(),
    ...payments,
    failureReasons: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() }), {
      description: 'The most frequent first',
    }),
    byProvider: Type.Array(Type.Object({ provider: Type.String(), ...payments })),
    breakdown: Type.Array(Type.Object({ period, ...payments })),
  },
  { $id: 'PaymentFigures' },
)
export type PaymentFigures = Static<typeof PaymentFigures>

const Overdue = Type.Object({
  amount: Money,
  invoices: Type.Integer(),
})

export const Ageing = Type.Object(
  {
    asOf: Day,
    currencies: Type.Array(
      Type.Object({
        currency: Type.String(),
        total: Money,
        overdue: Money,
        notDue: Overdue,
        days1To30: Overdue,
        days31To60: Overdue,
        days61To90: Overdue,
        over90Days: Overdue,
      }),
    ),
  },
  { $id: 'Ageing' },
)
export type Ageing = Static<typeof Ageing>

export const Cohorts = Type.Object(
  {
    cohorts: Type.Array(
      Type.Object({
        month: { ...Day, description: 'First day of the month in which they started' },
        started: Type.Integer(),
        kept: Type.Array(Type.Integer(), {
          description: 'How many still ran after one month, two months and so on, up to now',
        }),
      }),
      { description: 'Of the last twelve months, oldest first' },
    ),
  },
  { $id: 'Cohorts' },
)
export type Cohorts = Static<typeof Cohorts>

export const MrrQuery = closed({ ...dayQuery, currency })
export type MrrQuery = Static<typeof MrrQuery>

export const MrrMovements = Type.Object(
  {
    currency: Type.String(),
    months: Type.Array(
      Type.Object({
        month: { ...Day, description: 'First day of the month' },
        opening: { ...Money, description: 'What the running subscriptions were worth a month as it began' },
        new: { ...Money, description: 'Of subscriptions that ran for the first time' },
        expansion: { ...Money, description: 'Of those that are worth more' },
        contraction: { ...Money, description: 'Of those that are worth less: zero or below' },
        churn: { ...Money, description: 'Of those that ended or were paused: zero or below' },
        reactivation: { ...Money, description: 'Of those that run again' },
        closing: { ...Money, description: 'As it ended, or as of now: the opening and the five' },
      }),
      { description: 'Oldest first, without gaps' },
    ),
  },
  { $id: 'MrrMovements' },
)
export type MrrMovements = Static<typeof MrrMovements>

export const UsageFiguresQuery = closed({
  ...dayQuery,
  code: Type.String({ minLength: 1, maxLength: 100, description: 'Code of the billable metric' }),
  subscriptionId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 300, description: 'Our id of it, or your externalId' }),
  ),
  customerId: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
})
export type UsageFiguresQuery = Static<typeof UsageFiguresQuery>

export const UsageFigures = Type.Object(
  {
    code: Type.String(),
    name: Type.String(),
    aggregationType: oneOf(aggregations),
    dateFrom: Day,
    dateTo: Day,
    events: Type.Integer({ description: 'Of all these days' }),
    days: Type.Array(
      Type.Object({
        day: { ...Day, description: 'In the time zone of each subscription' },
        events: Type.Integer(),
        units: orNull(
          Type.String({
            description:
              'A decimal: the events, the sum, or the greatest value of the day; null for UNIQUE_COUNT and LATEST',
          }),
        ),
      }),
      { description: 'Days on which something was reported, oldest first' },
    ),
  },
  { $id: 'UsageFigures' },
)
export type UsageFigures = Static<typeof UsageFigures>

import { dataRoute } from '../../http/route.ts'
import type { Slice } from '../../http/route.ts'
import { named } from '../../http/shapes.ts'
import { ageing } from './ageing.ts'
import { mrrMovements } from './mrr.ts'
import { netRevenue } from './net-revenue.ts'
import { paymentFigures } from './payments.ts'
import { revenue } from './revenue.ts'
import {
  Ageing,
  Cohorts,
  MrrMovements,
  MrrQuery,
  NetRevenue,
  PaymentFigures,
  PaymentFiguresQuery,
  Revenue,
  RevenueQuery,
  SubscriptionFigures,
  SubscriptionFiguresQuery,
  UsageFigures,
  UsageFiguresQuery,
} from './schema.ts'
import { cohorts, subscriptionFigures } from './subscriptions.ts'
import { usageFigures } from './usage.ts'

export const analytics: Slice = {
  name: 'analytics',
  title: 'Analytics',
  description: 'What the business makes, by currency; amounts are never converted.',
  schemas: [
    Ageing,
    Cohorts,
    MrrMovements,
    NetRevenue,
    PaymentFigures,
    Revenue,
    SubscriptionFigures,
    UsageFigures,
  ],
  routes: [
    dataRoute({
      method: 'GET',
      url: '/analytics/revenue',
      operation: 'analytics.revenue',
      summary: 'Money received, by day, week or month',
      description:
        "Payments on the day they were received, and refunds on the day they were given back, in one currency and in the tenant's days; the same to the cent as the cash accounts of the ledger. `mrr` and `arr` are of now: ACTIVE and PAST_DUE subscriptions, before tax, a year having 12 months, 52 weeks or 365 days.",
      scope: 'analytics:read',
      query: RevenueQuery,
      status: 200,
      response: named<Revenue>('Revenue'),
      read: (reader, { principal, query }) => revenue(reader, principal.environmentId, query),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/net-revenue',
      operation: 'analytics.netRevenue',
      summary: 'Revenue that was earned, by day, week or month',
      description:
        'The revenue account of the ledger: a charge in advance day by day as it is delivered, one in arrears when it is invoiced, less what was credited; without taxes.',
      scope: 'analytics:read',
      query: RevenueQuery,
      status: 200,
      response: named<NetRevenue>('NetRevenue'),
      read: (reader, { principal, query }) => netRevenue(reader, principal.environmentId, query),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/mrr',
      operation: 'analytics.mrr',
      summary: 'What moved the monthly recurring revenue, by month',
      description:
        "Of ACTIVE and PAST_DUE subscriptions, before discounts and taxes, as `mrr` of the revenue, by the tenant's months and the environment's clock; the whole months that the days are in, by default the last twelve. A start in the past counts from its day. In a billing run that comes late, several changes of one subscription count from the last.",
      scope: 'analytics:read',
      query: MrrQuery,
      status: 200,
      response: named<MrrMovements>('MrrMovements'),
      read: (reader, { deps, principal, query }) =>
        mrrMovements(reader, principal.environmentId, query, deps.clock.now()),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/subscriptions',
      operation: 'analytics.subscriptions',
      summary: 'How many subscriptions run, started and ended',
      scope: 'analytics:read',
      query: SubscriptionFiguresQuery,
      status: 200,
      response: named<SubscriptionFigures>('SubscriptionFigures'),
      read: (reader, { principal, query }) => subscriptionFigures(reader, principal.environmentId, query),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/usage',
      operation: 'analytics.usage',
      summary: 'What was counted of a metric, by day',
      description: 'By default of the last thirty days; of 366 at most.',
      scope: 'analytics:read',
      query: UsageFiguresQuery,
      status: 200,
      response: named<UsageFigures>('UsageFigures'),
      read: (reader, { deps, principal, query }) =>
        usageFigures(reader, principal.environmentId, query, deps.clock.now()),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/cohorts',
      operation: 'analytics.cohorts',
      summary: 'How many of those that started in a month still ran, month after month',
      scope: 'analytics:read',
      status: 200,
      response: named<Cohorts>('Cohorts'),
      read: (reader, { deps, principal }) => cohorts(reader, principal.environmentId, deps.clock.now()),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/payments',
      operation: 'analytics.payments',
      summary: 'How attempts to collect money ended',
      description: 'By the day on which they were begun, in one currency.',
      scope: 'analytics:read',
      query: PaymentFiguresQuery,
      status: 200,
      response: named<PaymentFigures>('PaymentFigures'),
      read: (reader, { principal, query }) => paymentFigures(reader, principal.environmentId, query),
    }),
    dataRoute({
      method: 'GET',
      url: '/analytics/ageing',
      operation: 'analytics.ageing',
      summary: 'What is unpaid, by how long it is overdue',
      scope: 'analytics:read',
      status: 200,
      response: named<Ageing>('Ageing'),
      read: (reader, { deps, principal }) => ageing(reader, principal.environmentId, deps.clock.now()),
    }),
  ],
}

import { dataRoute } from '../../http/route.ts'
import type { Slice } from '../../http/route.ts'
import { named } from '../../http/shapes.ts'
import { revenue } from './revenue.ts'
import { Revenue, RevenueQuery } from './schema.ts'

export const analytics: Slice = {
  name: 'analytics',
  title: 'Analytics',
  description: 'What the business makes, by currency; amounts are never converted.',
  schemas: [Revenue],
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
  ],
}

import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { schemas } from './schema.ts'

export const planOverrides: Slice = {
  name: 'plan-overrides',
  title: 'Plan overrides',
  description: 'What one customer pays for a plan, where that is its own.',
  routes,
  schemas,
  constraints: { plan_overrides_customer_key: 'plan_override_taken' },
}

export { planFor, withOwnPrices } from './own-prices.ts'
export { ownPrices } from './sql.ts'

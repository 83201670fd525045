import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { Plan, Price } from './schema.ts'

export const catalog: Slice = {
  name: 'catalog',
  title: 'Plans',
  description: 'What a tenant sells, and for how much.',
  routes,
  schemas: [Price, Plan],
  constraints: {
    plans_code_key: 'plan_code_taken',
    prices_currency_key: 'price_currency_taken',
    // A subscription that was made while the plan was being deleted.
    subscriptions_environment_id_plan_id_fkey: 'plan_in_use',
    subscriptions_environment_id_price_id_fkey: 'plan_in_use',
  },
}

export { findPlan } from './find.ts'
export { billingIntervals } from './schema.ts'
export type { PlanRow, PriceOfPlan } from './sql.ts'

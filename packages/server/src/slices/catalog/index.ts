import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { Plan, Price } from './schema.ts'

export const catalog: Slice = {
  name: 'catalog',
  title: 'Plans',
  description: 'What is sold: plans and their prices.',
  routes,
  schemas: [Price, Plan],
  constraints: { plans_code_key: 'plan_code_taken', prices_currency_key: 'price_currency_taken' },
}

export { amountsIn, findPlan } from './plans.ts'
export { PriceInput } from './schema.ts'
export { type PlanRow } from './sql.ts'

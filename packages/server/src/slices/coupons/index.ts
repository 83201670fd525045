import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { schemas } from './schema.ts'

export const coupons: Slice = {
  name: 'coupons',
  title: 'Coupons',
  description: 'What comes off the invoices of subscriptions.',
  routes,
  schemas,
  constraints: { coupons_code_key: 'coupon_code_taken', applied_coupons_key: 'coupon_applied' },
}

export { applyCode } from './apply.ts'
export { couponsToUse, returnUses } from './sql.ts'
export { type CouponBook, type Offer, openCoupons, typesOfPlan } from './use.ts'

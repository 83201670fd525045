import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Currency, Instant, closed, oneOf, orNull, words } from '../../http/shapes.ts'

export const discountTypes = ['PERCENTAGE', 'FIXED_AMOUNT'] as const
export const durations = ['ONCE', 'REPEATING', 'FOREVER'] as const

const reference = Type.String({ minLength: 1, maxLength: 300 })
const code = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  minLength: 1,
  maxLength: 100,
  description: 'What customers name; upper and lower case are the same',
})
const fields = {
  name: words(100, { description: 'Shown on invoices' }),
  maxRedemptions: Type.Integer({
    minimum: 1,
    maximum: 2_147_483_647,
    description: 'How often it can be applied in all',
  }),
  expiresAt: Type.Unsafe<string>({ ...Instant, description: 'From then on it cannot be applied any more' }),
}

export const CreateCoupon = closed({
  code,
  name: fields.name,
  discountType: oneOf(discountTypes),
  discountValue: Type.Unsafe<number | string>({
    type: ['number', 'string'],
    format: 'money',
    exclusiveMinimum: 0,
    maxLength: 32,
    description: 'Percent, up to 100 with at most 4 decimals; or an amount in `currency`',
  }),
  currency: Type.Optional(
    Type.Unsafe<string>({
      ...Currency,
      description: 'Of a FIXED_AMOUNT, which comes off invoices in it only',
    }),
  ),
  duration: oneOf(durations, {
    description: 'Discounts one period, so many `periods`, or all of them',
  }),
  periods: Type.Optional(Type.Integer({ minimum: 1, maximum: 1200, description: 'Of a REPEATING coupon' })),
  maxRedemptions: Type.Optional(fields.maxRedemptions),
  appliesToPlanIds: Type.Optional(
    Type.Array(reference, {
      minItems: 1,
      maxItems: 100,
      description: 'Discounts what these plans charge only',
    }),
  ),
  expiresAt: Type.Optional(fields.expiresAt),
})
export type CreateCoupon = Static<typeof CreateCoupon>

export const UpdateCoupon = closed({
  name: Type.Optional(fields.name),
  maxRedemptions: Type.Optional(orNull(fields.maxRedemptions)),
  expiresAt: Type.Optional(orNull(fields.expiresAt)),
})
export type UpdateCoupon = Static<typeof UpdateCoupon>

export const Coupon = Type.Object(
  {
    id: Type.String(),
    code: Type.String(),
    name: Type.String(),
    discountType: oneOf(discountTypes),
    discountValue: Type.Number({ description: 'Percent, or an amount in major units' }),
    currency: orNull(Type.String()),
    duration: oneOf(durations),
    periods: orNull(Type.Integer()),
    maxRedemptions: orNull(Type.Integer()),
    redemptions: Type.Integer({ description: 'How often it has been applied' }),
    appliesToPlanIds: orNull(Type.Array(Type.String())),
    expiresAt: orNull(Instant),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Coupon' },
)
export type Coupon = Static<typeof Coupon>

export const ListCoupons = closed({
  ...pageQuery,
  code: Type.Optional(Type.String({ maxLength: 100 })),
})
export type ListCoupons = Static<typeof ListCoupons>

export const ApplyCoupon = closed({
  couponId: Type.Optional(reference),
  code: Type.Optional(code),
  customerId: reference,
  subscriptionId: Type.Optional(
    Type.Unsafe<string>({ ...reference, description: 'Without it all subscriptions of the customer' }),
  ),
})
export type ApplyCoupon = Static<typeof ApplyCoupon>

export const AppliedCoupon = Type.Object(
  {
    id: Type.String(),
    couponId: Type.String(),
    code: Type.String(),
    customerId: Type.String(),
    subscriptionId: orNull(Type.String()),
    status: oneOf(['ACTIVE', 'USED_UP', 'REMOVED']),
    used: Type.Integer({ description: 'Periods that it has discounted' }),
    usesLeft: orNull(Type.Integer({ description: 'Periods that it has left; null: for ever' })),
    createdAt: Instant,
  },
  { $id: 'AppliedCoupon' },
)
export type AppliedCoupon = Static<typeof AppliedCoupon>

export const ListApplied = closed({
  ...pageQuery,
  couponId: Type.Optional(reference),
  customerId: Type.Optional(reference),
  subscriptionId: Type.Optional(reference),
})
export type ListApplied = Static<typeof ListApplied>

export const schemas = [Coupon, AppliedCoupon]

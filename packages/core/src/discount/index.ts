export { type Discount, type DiscountShares, applyDiscounts } from './apply.ts'

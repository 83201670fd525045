import {
  type RowOf,
  bigint,
  command,
  instant,
  instantText,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { discountTypes, durations } from './schema.ts'

const storedColumns = {
  id: uuid,
  code: text,
  name: text,
  discount_type: oneOf(...discountTypes),
  amount_minor: nullable(bigint),
  currency: nullable(text),
  duration: oneOf(...durations),
  periods: nullable(integer),
  max_redemptions: nullable(integer),
  redemptions: integer,
  expires_at: nullable(instant),
  created_at: instant,
  updated_at: instant,
}
export const couponColumns = {
  ...storedColumns,
  percent: nullable(text),
  plan_ids: nullable(json<readonly string[]>()),
}
export type CouponRow = RowOf<typeof couponColumns>

export const couponSelect = `${Object.keys(storedColumns).join(', ')}, percent::text as percent, to_json(plan_ids) as plan_ids`

export const couponById = statement(
  'coupons.by_id',
  `select ${couponSelect} from coupons where environment_id = $1::uuid and id = $2::uuid`,
  couponColumns,
)

export const couponByCode = statement(
  'coupons.by_code',
  `select ${couponSelect} from coupons where environment_id = $1::uuid and lower(code) = lower($2)`,
  couponColumns,
)

export const lockCoupon = statement(
  'coupons.lock',
  `select ${couponSelect} from coupons where environment_id = $1::uuid and id = $2::uuid for update`,
  couponColumns,
)

export const insertCoupon = command(
  'coupons.insert',
  `insert into coupons (environment_id, id, code, name, discount_type, percent, amount_minor, currency, duration, periods,
     max_redemptions, plan_ids, expires_at, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
)

export const saveCoupon = command(
  'coupons.save',
  `update coupons set name = $3, max_redemptions = $4, expires_at = $5, updated_at = $6
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const deleteCoupon = command(
  'coupons.delete',
  `delete from coupons where environment_id = $1::uuid and id = $2::uuid`,
)

/** Counts one more application, unless there are as many as there may be. */
export const redeemCoupon = statement(
  'coupons.redeem',
  `update coupons set redemptions = redemptions + 1
   where environment_id = $1::uuid and id = $2::uuid and (max_redemptions is null or redemptions < max_redemptions)
   returning redemptions`,
  { redemptions: integer },
)

const appliedOwn = {
  id: uuid,
  coupon_id: uuid,
  customer_id: uuid,
  subscription_id: nullable(uuid),
  used: integer,
  uses_left: nullable(integer),
  removed_at: nullable(instantText),
  created_at: instantText,
}
export const appliedColumns = { ...appliedOwn, code: text }
export type AppliedRow = RowOf<typeof appliedColumns>

export const appliedSelect = `${Object.keys(appliedOwn).join(', ')},
  (select c.code from coupons c
   where c.environment_id = applied_coupons.environment_id and c.id = applied_coupons.coupon_id) as code`

export const appliedById = statement(
  'coupons.applied_by_id',
  `select ${appliedSelect} from applied_coupons where environment_id = $1::uuid and id = $2::uuid`,
  appliedColumns,
)

export const insertApplied = command(
  'coupons.insert_applied',
  `insert into applied_coupons (environment_id, id, coupon_id, customer_id, subscription_id, uses_left, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)

export const removeApplied = command(
  'coupons.remove_applied',
  `update applied_coupons set removed_at = $3::timestamptz, ended_at = coalesce(ended_at, $3::timestamptz)
   where environment_id = $1::uuid and id = $2::uuid and removed_at is null`,
)

/** A subscription that a coupon is for. */
export const subscriptionToDiscount = statement(
  'coupons.subscription',
  `select id, customer_id, plan_id, currency from subscriptions where environment_id = $1::uuid and id = $2::uuid`,
  { id: uuid, customer_id: uuid, plan_id: uuid, currency: text },
)

const toUseColumns = {
  environment_id: uuid,
  id: uuid,
  coupon_id: uuid,
  customer_id: uuid,
  subscription_id: nullable(uuid),
  uses_left: nullable(integer),
  covers_subscription_id: nullable(uuid),
  covers_until: nullable(instantText),
  code: text,
  name: text,
  discount_type: oneOf(...discountTypes),
  percent: nullable(text),
  amount_minor: nullable(bigint),
  currency: nullable(text),
  plan_ids: nullable(json<readonly string[]>()),
}
export type CouponToUse = RowOf<typeof toUseColumns>

/** The coupons that these customers have, in the order in which they were applied, held until the transaction ends. */
export const couponsToUse = statement(
  'coupons.to_use',
  `select a.environment_id, a.id, a.coupon_id, a.customer_id, a.subscription_id, a.uses_left, a.covers_subscription_id,
     a.covers_until, c.code, c.name, c.discount_type, c.percent::text as percent, c.amount_minor, c.currency,
     to_json(c.plan_ids) as plan_ids
   from applied_coupons a
   join coupons c on c.environment_id = a.environment_id and c.id = a.coupon_id
   where (a.environment_id, a.customer_id) in (
       select u.environment_id, u.customer_id from unnest($1::uuid[], $2::uuid[]) as u (environment_id, customer_id)
     )
     and a.ended_at is null
   order by a.environment_id, a.customer_id, a.created_at, a.id
   for no key update of a`,
  toUseColumns,
)

export const insertUses = command(
  'coupons.insert_uses',
  `insert into coupon_uses (environment_id, applied_coupon_id, invoice_id, uses, amount_minor, used_at)
   select u.environment_id, u.applied_coupon_id, u.invoice_id, u.uses, u.amount_minor, u.used_at
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::bigint[], $6::timestamptz[])
     as u (environment_id, applied_coupon_id, invoice_id, uses, amount_minor, used_at)`,
)

/** Counts what coupons have discounted; one that discounted all it was for ends with the period after it. */
export const saveUsed = command(
  'coupons.save_used',
  `update applied_coupons a
   set used = a.used + u.uses, uses_left = u.uses_left, covers_subscription_id = u.covers_subscription_id,
     covers_until = u.covers_until, ended_at = u.ended_at
   from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::uuid[], $6::timestamptz[], $7::timestamptz[])
     as u (environment_id, id, uses, uses_left, covers_subscription_id, covers_until, ended_at)
   where a.environment_id = u.environment_id and a.id = u.id`,
)

/**
 * Gives coupons back what they were used for on these invoices, once: their use, with it the period that it covered, and
 * their place, unless they were removed or the coupon has been applied there anew.
 */
export const returnUses = command(
  'coupons.return_uses',
  `with returned as (
     update coupon_uses u set returned_at = $3::timestamptz
     from invoices i
     where u.environment_id = $1::uuid and u.invoice_id = any($2::uuid[]) and u.returned_at is null
       and i.environment_id = u.environment_id and i.id = u.invoice_id
     returning u.environment_id, u.applied_coupon_id, u.uses, i.subscription_id, i.period_end
   )
   update applied_coupons a
   set used = a.used - r.uses, uses_left = a.uses_left + r.uses,
     covers_until = case when not exists (
       select from returned c
       where c.environment_id = a.environment_id and c.applied_coupon_id = a.id and c.uses > 0
         and c.subscription_id = a.covers_subscription_id and c.period_end = a.covers_until
     ) then a.covers_until end,
     ended_at = case
       when a.removed_at is null and r.uses > 0 and not exists (
         select from applied_coupons o
         where o.environment_id = a.environment_id and o.coupon_id = a.coupon_id and o.customer_id = a.customer_id
           and o.subscription_id is not distinct from a.subscription_id and o.ended_at is null and o.id <> a.id
       ) then null
       else a.ended_at end
   from (
     select environment_id, applied_coupon_id, sum(uses)::integer as uses from returned group by 1, 2
   ) r
   where a.environment_id = r.environment_id and a.id = r.applied_coupon_id`,
)

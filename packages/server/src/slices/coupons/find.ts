import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { presentApplied, presentCoupon } from './present.ts'
import type { AppliedCoupon, Coupon, ListApplied, ListCoupons } from './schema.ts'
import {
  type CouponRow,
  appliedColumns,
  appliedSelect,
  couponById,
  couponColumns,
  couponSelect,
} from './sql.ts'

/** A coupon by its public id. */
export async function findCoupon(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<CouponRow> {
  const stored = parseId('coupon', id)
  const [row] = stored === undefined ? [] : await reader.query(couponById(environmentId, stored))
  if (!row) throw new Refusal('coupon_not_found')
  return row
}

/** A page of coupons, newest first. */
export function listCoupons(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListCoupons,
): Promise<Page<Coupon>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.code !== undefined) where.push(fragment`lower(code) = lower(${query.code})`)
  return listPage({
    deps,
    reader,
    name: 'coupons.list',
    from: 'coupons',
    select: couponSelect,
    columns: couponColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => isoInstant(row.created_at),
    present: presentCoupon,
  })
}

/** A page of coupons that customers have or had, newest first. An unknown coupon or customer is refused. */
export async function listApplied(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListApplied,
): Promise<Page<AppliedCoupon>> {
  const { couponId, customerId, subscriptionId } = query
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (couponId !== undefined) {
    const { id } = await findCoupon(reader, environmentId, couponId)
    where.push(fragment`coupon_id = ${id}::uuid`)
  }
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (subscriptionId !== undefined)
    where.push(fragment`subscription_id = ${parseId('subscription', subscriptionId) ?? null}::uuid`)
  return listPage({
    deps,
    reader,
    name: 'coupons.list_applied',
    from: 'applied_coupons',
    select: appliedSelect,
    columns: appliedColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present: presentApplied,
  })
}

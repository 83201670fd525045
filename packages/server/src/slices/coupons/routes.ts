import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { applyCoupon, unapplyCoupon } from './apply.ts'
import { createCoupon } from './create.ts'
import { findCoupon, listApplied, listCoupons } from './find.ts'
import { presentCoupon } from './present.ts'
import {
  type AppliedCoupon,
  ApplyCoupon,
  type Coupon,
  CreateCoupon,
  ListApplied,
  ListCoupons,
  UpdateCoupon,
} from './schema.ts'
import { removeCoupon, updateCoupon } from './update.ts'

const coupon = named<Coupon>('Coupon')
const applied = named<AppliedCoupon>('AppliedCoupon')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/coupons',
    operation: 'coupons.create',
    summary: 'Create a coupon',
    scope: 'plans:write',
    body: CreateCoupon,
    status: 201,
    response: coupon,
    write: (tx, { deps, principal, body }) => createCoupon(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/coupons',
    operation: 'coupons.list',
    summary: 'List coupons',
    scope: 'plans:read',
    query: ListCoupons,
    status: 200,
    response: pageOf(coupon),
    read: (reader, { deps, principal, query }) => listCoupons(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'POST',
    url: '/coupons/apply',
    operation: 'coupons.apply',
    summary: 'Give a customer a coupon',
    description:
      'By its id or code, for one subscription or all of the customer. It comes off the invoices that are issued from then on; each period that it discounts is a use.',
    scope: 'subscriptions:write',
    body: ApplyCoupon,
    status: 201,
    response: applied,
    write: (tx, { deps, principal, body }) => applyCoupon(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/coupons/applied',
    operation: 'coupons.listApplied',
    summary: 'List coupons that customers have or had',
    scope: 'subscriptions:read',
    query: ListApplied,
    status: 200,
    response: pageOf(applied),
    read: (reader, { deps, principal, query }) => listApplied(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/coupons/applied/:id',
    operation: 'coupons.unapply',
    summary: 'Take a coupon back',
    description: 'It discounts nothing more. What it discounted stays.',
    scope: 'subscriptions:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => unapplyCoupon(tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/coupons/:id',
    operation: 'coupons.get',
    summary: 'Get a coupon',
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: coupon,
    read: async (reader, { principal, params }) =>
      presentCoupon(await findCoupon(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/coupons/:id',
    operation: 'coupons.update',
    summary: 'Change until when and how often a coupon can be applied',
    description: 'What it takes off never changes: make another one.',
    scope: 'plans:write',
    params: PathId,
    body: UpdateCoupon,
    status: 200,
    response: coupon,
    write: (tx, { principal, params, body }) => updateCoupon(tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/coupons/:id',
    operation: 'coupons.delete',
    summary: 'Delete a coupon that was never applied',
    description: 'One that was applied can be ended with `expiresAt`.',
    scope: 'plans:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removeCoupon(tx, principal.environmentId, params.id),
  }),
]

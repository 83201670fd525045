import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createPlan } from './create.ts'
import { findPlan } from './find.ts'
import { listPlans } from './list.ts'
import { presentPlan } from './present.ts'
import { addPrice, changePrice, removePrice } from './prices.ts'
import {
  CreatePlan,
  CreatePrice,
  ListPlans,
  type Plan,
  type Price,
  PricePath,
  UpdatePlan,
  UpdatePrice,
} from './schema.ts'
import { removePlan, updatePlan } from './update.ts'

const plan = named<Plan>('Plan')
const price = named<Price>('Price')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/plans',
    operation: 'plans.create',
    summary: 'Create a plan',
    description: 'Plans are billed in advance: IN_ARREARS is refused until it is supported.',
    scope: 'plans:write',
    body: CreatePlan,
    status: 201,
    response: plan,
    write: async (tx, { deps, principal, body }) => createPlan(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/plans',
    operation: 'plans.list',
    summary: 'List plans',
    scope: 'plans:read',
    query: ListPlans,
    status: 200,
    response: pageOf(plan),
    read: (reader, { deps, principal, query }) => listPlans(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/plans/:id',
    operation: 'plans.get',
    summary: 'Get a plan',
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: plan,
    read: async (reader, { principal, params }) =>
      presentPlan(await findPlan(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/plans/:id',
    operation: 'plans.update',
    summary: 'Update a plan',
    description: 'Never changes what existing subscriptions pay.',
    scope: 'plans:write',
    params: PathId,
    body: UpdatePlan,
    status: 200,
    response: plan,
    write: (tx, { principal, params, body }) => updatePlan(tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/plans/:id',
    operation: 'plans.delete',
    summary: 'Delete a plan',
    description: 'Only one that has no subscriptions; set `isActive` to false instead.',
    scope: 'plans:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removePlan(tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/plans/:id/prices',
    operation: 'plans.addPrice',
    summary: 'Add a price in another currency',
    scope: 'plans:write',
    params: PathId,
    body: CreatePrice,
    status: 201,
    response: price,
    write: (tx, { deps, principal, params, body }) =>
      addPrice(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/plans/:id/prices/:priceId',
    operation: 'plans.updatePrice',
    summary: 'Change what new subscriptions pay',
    description:
      'Existing subscriptions keep the price they have, so the answer is a new price with an id of its own; the old one is retired.',
    scope: 'plans:write',
    params: PricePath,
    body: UpdatePrice,
    status: 200,
    response: price,
    write: (tx, { deps, principal, params, body }) =>
      changePrice(deps, tx, principal.environmentId, params, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/plans/:id/prices/:priceId',
    operation: 'plans.deletePrice',
    summary: 'Retire a price',
    description: 'Subscriptions that have it keep it.',
    scope: 'plans:write',
    params: PricePath,
    status: 204,
    write: (tx, { principal, params }) => removePrice(tx, principal.environmentId, params),
  }),
]

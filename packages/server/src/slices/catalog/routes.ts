import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createPlan, findPlan, listPlans, removePlan, updatePlan } from './plans.ts'
import { presentPlan } from './present.ts'
import { addPrice, changePrice, removePrice } from './prices.ts'
import {
  PriceInput,
  ApplyPrice,
  CreatePlan,
  ListPlans,
  type Plan,
  PricePath,
  UpdatePlan,
  UpdatePrice,
} from './schema.ts'

const plan = named<Plan>('Plan')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/plans',
    operation: 'plans.create',
    summary: 'Create a plan',
    scope: 'plans:write',
    body: CreatePlan,
    status: 201,
    response: plan,
    write: (tx, { deps, principal, body }) => createPlan(deps, tx, principal.environmentId, body),
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
    summary: 'Delete a plan that no subscription ever had',
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
    query: ApplyPrice,
    body: PriceInput,
    status: 201,
    response: plan,
    write: (tx, { deps, principal, params, query, body }) =>
      addPrice(deps, tx, principal.environmentId, params.id, body, query.applyToExisting),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/plans/:id/prices/:priceId',
    operation: 'plans.updatePrice',
    summary: 'Change a price for new subscriptions',
    description:
      'Subscriptions that have the old price keep it, unless `applyToExisting` is `next_period`: then each has the new one from the next period that begins. The price gets a new id.',
    scope: 'plans:write',
    params: PricePath,
    query: ApplyPrice,
    body: UpdatePrice,
    status: 200,
    response: plan,
    write: (tx, { deps, principal, params, query, body }) =>
      changePrice(
        deps,
        tx,
        principal.environmentId,
        { planId: params.id, priceId: params.priceId },
        { amount: body.amount, applyToExisting: query.applyToExisting },
      ),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/plans/:id/prices/:priceId',
    operation: 'plans.deletePrice',
    summary: 'Take a price off a plan',
    description: 'Subscriptions that have it keep it.',
    scope: 'plans:write',
    params: PricePath,
    status: 204,
    write: (tx, { principal, params }) =>
      removePrice(tx, principal.environmentId, { planId: params.id, priceId: params.priceId }),
  }),
]

import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import {
  createPlanOverride,
  findPlanOverride,
  listPlanOverrides,
  removePlanOverride,
  updatePlanOverride,
} from './keep.ts'
import { presentOverride } from './present.ts'
import {
  ApplyOwn,
  CreatePlanOverride,
  ListPlanOverrides,
  type PlanOverride,
  UpdatePlanOverride,
} from './schema.ts'

const override = named<PlanOverride>('PlanOverride')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/plan-overrides',
    operation: 'planOverrides.create',
    summary: 'Give a customer its own prices for a plan',
    description:
      'New subscriptions of the customer have them, and those that change their plan; those that are there from their next period on, where it is applied to them.',
    scope: 'plans:write',
    query: ApplyOwn,
    body: CreatePlanOverride,
    status: 201,
    response: override,
    write: (tx, { deps, principal, query, body }) =>
      createPlanOverride(deps, tx, principal.environmentId, body, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/plan-overrides',
    operation: 'planOverrides.list',
    summary: "List customers' own prices",
    scope: 'plans:read',
    query: ListPlanOverrides,
    status: 200,
    response: pageOf(override),
    read: (reader, { deps, principal, query }) =>
      listPlanOverrides(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/plan-overrides/:id',
    operation: 'planOverrides.get',
    summary: "Get a customer's own prices for a plan",
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: override,
    read: async (reader, { principal, params }) =>
      presentOverride(await findPlanOverride(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/plan-overrides/:id',
    operation: 'planOverrides.update',
    summary: "Change a customer's own prices",
    description:
      'Each list that is given replaces the one there was. For new subscriptions and those that change their plan; for the others from their next period on, where it is applied to them.',
    scope: 'plans:write',
    params: PathId,
    query: ApplyOwn,
    body: UpdatePlanOverride,
    status: 200,
    response: override,
    write: (tx, { deps, principal, params, query, body }) =>
      updatePlanOverride(deps, tx, principal.environmentId, params.id, body, query),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/plan-overrides/:id',
    operation: 'planOverrides.delete',
    summary: "End a customer's own prices",
    description:
      "Subscriptions that have them keep them, unless the plan's are applied to them from their next period on.",
    scope: 'plans:write',
    params: PathId,
    query: ApplyOwn,
    status: 204,
    write: (tx, { deps, principal, params, query }) =>
      removePlanOverride(deps, tx, principal.environmentId, params.id, query),
  }),
]

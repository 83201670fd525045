import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createCharge } from './create.ts'
import { findCharge, listCharges } from './find.ts'
import { presentCharge } from './present.ts'
import { previewCharge } from './preview.ts'
import {
  ApplyTo,
  type Charge,
  type ChargePreview,
  CreateCharge,
  ListCharges,
  ListChargesOfPlan,
  PlanPath,
  PreviewCharge,
  UpdateCharge,
} from './schema.ts'
import { type PlanSimulation, SimulatePlan } from './simulate-schema.ts'
import { simulatePlan } from './simulate.ts'
import { removeCharge, updateCharge } from './update.ts'

const charge = named<Charge>('Charge')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/charges',
    operation: 'charges.create',
    summary: 'Charge for the usage of a metric',
    description:
      'New subscriptions of the plan have it; those that are there only where it is applied to them.',
    scope: 'plans:write',
    query: ApplyTo,
    body: CreateCharge,
    status: 201,
    response: charge,
    write: (tx, { deps, principal, query, body }) =>
      createCharge(deps, tx, principal.environmentId, body, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/charges',
    operation: 'charges.list',
    summary: 'List charges',
    scope: 'plans:read',
    query: ListCharges,
    status: 200,
    response: pageOf(charge),
    read: (reader, { deps, principal, query }) => listCharges(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/charges/plan/:planId',
    operation: 'charges.listByPlan',
    summary: 'List the charges of a plan',
    scope: 'plans:read',
    params: PlanPath,
    query: ListChargesOfPlan,
    status: 200,
    response: pageOf(charge),
    read: (reader, { deps, principal, params, query }) =>
      listCharges(deps, reader, principal.environmentId, { ...query, planId: params.planId }),
  }),
  dataRoute({
    method: 'GET',
    url: '/charges/:id',
    operation: 'charges.get',
    summary: 'Get a charge',
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: charge,
    read: async (reader, { principal, params }) =>
      presentCharge(await findCharge(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/charges/:id',
    operation: 'charges.update',
    summary: 'Change a charge',
    description:
      'For new subscriptions and those that change their plan; for the others from their next period on, where it is applied to them. Each period is priced as it was when it began.',
    scope: 'plans:write',
    params: PathId,
    query: ApplyTo,
    body: UpdateCharge,
    status: 200,
    response: charge,
    write: (tx, { principal, params, query, body }) =>
      updateCharge(tx, principal.environmentId, params.id, body, query),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/charges/:id',
    operation: 'charges.delete',
    summary: 'Take a charge off its plan',
    description:
      'Subscriptions that have it keep it, unless that is applied to them from their next period on.',
    scope: 'plans:write',
    params: PathId,
    query: ApplyTo,
    status: 204,
    write: (tx, { principal, params, query }) => removeCharge(tx, principal.environmentId, params.id, query),
  }),
  dataRoute({
    method: 'POST',
    url: '/charges/preview',
    operation: 'charges.preview',
    summary: 'Price usage without storing anything',
    scope: 'plans:read',
    body: PreviewCharge,
    status: 200,
    response: named<ChargePreview>('ChargePreview'),
    read: (reader, { principal, body }) => previewCharge(reader, principal.environmentId, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/plans/:id/simulate',
    operation: 'plans.simulate',
    summary: 'Price past usage under other prices',
    description:
      'Of periods that have been invoiced: who would have paid more, and who less. Stores nothing. Up to 20,000 lines of usage at once.',
    scope: 'invoices:read',
    params: PathId,
    body: SimulatePlan,
    status: 200,
    response: named<PlanSimulation>('PlanSimulation'),
    read: (reader, { principal, params, body }) =>
      simulatePlan(reader, principal.environmentId, params.id, body),
  }),
]

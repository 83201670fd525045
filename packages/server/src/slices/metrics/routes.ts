import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createMetric, findMetric, listMetrics, removeMetric, updateMetric } from './metrics.ts'
import { presentMetric } from './present.ts'
import { type BillableMetric, CreateMetric, ListMetrics, UpdateMetric } from './schema.ts'

const metric = named<BillableMetric>('BillableMetric')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/billable-metrics',
    operation: 'billableMetrics.create',
    summary: 'Create a billable metric',
    description:
      'Says what is counted of the events that carry its code: how many (COUNT), the SUM, MAX or LATEST of a property, how many different values it has (UNIQUE_COUNT), or its running sum weighted by time (WEIGHTED_SUM).',
    scope: 'plans:write',
    body: CreateMetric,
    status: 201,
    response: metric,
    write: (tx, { deps, principal, body }) => createMetric(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/billable-metrics',
    operation: 'billableMetrics.list',
    summary: 'List billable metrics',
    scope: 'plans:read',
    query: ListMetrics,
    status: 200,
    response: pageOf(metric),
    read: (reader, { deps, principal, query }) => listMetrics(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/billable-metrics/:id',
    operation: 'billableMetrics.get',
    summary: 'Get a billable metric',
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: metric,
    read: async (reader, { principal, params }) =>
      presentMetric(await findMetric(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/billable-metrics/:id',
    operation: 'billableMetrics.update',
    summary: 'Update a billable metric',
    description: 'What it counts never changes; its filters only while it has counted nothing.',
    scope: 'plans:write',
    params: PathId,
    body: UpdateMetric,
    status: 200,
    response: metric,
    write: (tx, { principal, params, body }) => updateMetric(tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/billable-metrics/:id',
    operation: 'billableMetrics.delete',
    summary: 'Retire a billable metric',
    description: 'It takes no more events and its code is free again. What it has counted stays.',
    scope: 'plans:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removeMetric(tx, principal.environmentId, params.id),
  }),
]

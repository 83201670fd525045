import { pageOf } from '../../http/pages.ts'
import { administrators, sessionRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createEnvironment, listEnvironments, removeEnvironment } from './environments.ts'
import { presentTenant, tenantById, updateTenant } from './me.ts'
import {
  CreateEnvironment,
  type Environment,
  ListEnvironments,
  type Tenant,
  type TenantUsage,
  UpdateTenant,
} from './schema.ts'
import { tenantUsage } from './usage.ts'

const tenant = named<Tenant>('Tenant')
const environment = named<Environment>('Environment')

export const routes = [
  sessionRoute({
    method: 'GET',
    url: '/tenants/me',
    operation: 'tenants.me',
    summary: 'The account',
    status: 200,
    response: tenant,
    read: async (reader, { deps, principal }) => {
      const [row] = await reader.query(tenantById(principal.tenantId))
      if (!row) throw new Error('a tenant vanished')
      return presentTenant(deps, row)
    },
  }),
  sessionRoute({
    method: 'PATCH',
    url: '/tenants/me',
    operation: 'tenants.updateMe',
    summary: 'Change the account and its settings',
    roles: administrators,
    body: UpdateTenant,
    status: 200,
    response: tenant,
    write: (tx, { deps, principal, request, body }) => updateTenant(deps, tx, principal, request, body),
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/usage',
    operation: 'tenants.usage',
    summary: 'How much the account holds, and what each API key did by day',
    status: 200,
    response: named<TenantUsage>('TenantUsage'),
    read: async (reader, { deps, runtime }) => {
      await runtime.usage.flush()
      return tenantUsage(deps, reader)
    },
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/environments',
    operation: 'environments.list',
    summary: 'List environments and their clocks',
    query: ListEnvironments,
    status: 200,
    response: pageOf(environment),
    read: (reader, { deps, query }) => listEnvironments(deps, reader, query),
  }),
  sessionRoute({
    method: 'POST',
    url: '/tenants/me/environments',
    operation: 'environments.create',
    summary: 'Add a test environment',
    roles: administrators,
    body: CreateEnvironment,
    status: 201,
    response: environment,
    write: (tx, { deps, principal, request, body }) =>
      createEnvironment(deps, tx, principal, request, body.name),
  }),
  sessionRoute({
    method: 'DELETE',
    url: '/tenants/me/environments/:id',
    operation: 'environments.delete',
    summary: 'Remove a test environment that was never used',
    roles: administrators,
    params: PathId,
    status: 204,
    write: (tx, { deps, principal, request, params }) =>
      removeEnvironment(deps, tx, principal, request, params.id),
  }),
]

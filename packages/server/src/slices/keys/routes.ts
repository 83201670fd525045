import { Type } from 'typebox'
import { pageOf } from '../../http/pages.ts'
import { administrators, sessionRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createKey } from './create.ts'
import { presentKey } from './present.ts'
import { listRequests } from './requests.ts'
import { revokeKey, rollKey } from './revoke.ts'
import {
  type ApiKey,
  type ApiKeyUsage,
  CreateApiKey,
  type CreatedApiKey,
  KeyUsageQuery,
  ListRequests,
  type LoggedRequest,
  RollApiKey,
} from './schema.ts'
import { keysOfTenant } from './sql.ts'
import { keyUsage } from './usage.ts'

const dayOfSeconds = 86_400
const createdKey = named<CreatedApiKey>('CreatedApiKey')

export const routes = [
  sessionRoute({
    method: 'POST',
    url: '/tenants/me/api-keys',
    operation: 'apiKeys.create',
    summary: 'Create an API key',
    description: 'The key is shown in this answer only. It works in one environment, with the scopes given.',
    roles: administrators,
    body: CreateApiKey,
    status: 201,
    response: createdKey,
    write: (tx, { deps, principal, request, body }) => createKey(deps, tx, principal, request, body),
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/api-keys',
    operation: 'apiKeys.list',
    summary: 'List API keys',
    status: 200,
    response: Type.Array(named<ApiKey>('ApiKey')),
    read: async (reader, { deps, principal }) => {
      const rows = await reader.query(keysOfTenant(principal.tenantId, deps.clock.now()))
      return rows.map(presentKey)
    },
  }),
  sessionRoute({
    method: 'POST',
    url: '/tenants/me/api-keys/:id/roll',
    operation: 'apiKeys.roll',
    summary: 'Replace an API key',
    description: 'A new key of the same rights; the old one dies after the overlap.',
    roles: administrators,
    params: PathId,
    body: RollApiKey,
    status: 201,
    response: createdKey,
    write: (tx, { deps, runtime, principal, request, params, body }) =>
      rollKey(deps, runtime.principals, tx, principal, request, {
        id: params.id,
        overlapSeconds: body.overlapSeconds ?? dayOfSeconds,
      }),
  }),
  sessionRoute({
    method: 'DELETE',
    url: '/tenants/me/api-keys/:id',
    operation: 'apiKeys.revoke',
    summary: 'Revoke an API key',
    roles: administrators,
    params: PathId,
    status: 204,
    write: (tx, { deps, runtime, principal, request, params }) =>
      revokeKey(deps, runtime.principals, tx, principal, request, params.id),
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/api-keys/:id/usage',
    operation: 'apiKeys.usage',
    summary: 'What an API key asked for, by day, by route and by how it ended',
    description: 'Also of a key that has been revoked.',
    params: PathId,
    query: KeyUsageQuery,
    status: 200,
    response: named<ApiKeyUsage>('ApiKeyUsage'),
    read: async (reader, { deps, runtime, params, query }) => {
      await runtime.journal.flush()
      return keyUsage(deps, reader, params.id, query.days ?? 30)
    },
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/requests',
    operation: 'requests.list',
    summary: 'List the requests of API keys',
    description:
      'Newest first, of the last seven days. Where a tenant asks more than 50 times in ten seconds, not each of its requests is kept, and those that were refused before others; all are counted.',
    query: ListRequests,
    status: 200,
    response: pageOf(named<LoggedRequest>('LoggedRequest')),
    read: async (reader, { deps, runtime, query }) => {
      await runtime.journal.flush()
      return listRequests(deps, reader, query)
    },
  }),
]

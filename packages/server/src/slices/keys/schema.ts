import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { scopes } from '../../http/scopes.ts'
import { Day, Instant, closed, oneOf, orNull, words } from '../../http/shapes.ts'

const scope = oneOf(scopes)
const scopeList = Type.Array(scope, { minItems: 1, maxItems: scopes.length, uniqueItems: true })

export const CreateApiKey = closed({
  name: words(100),
  scopes: scopeList,
  environment: Type.Optional(
    words(40, { description: '`live`, `test`, or the id of an environment; `live` unless said' }),
  ),
  expiresAt: Type.Optional(Instant),
  allowedIps: Type.Optional(
    Type.Array(Type.String({ format: 'ip-range', maxLength: 50 }), {
      maxItems: 50,
      description:
        'Addresses or ranges it may be used from, such as `203.0.113.7` or `10.0.0.0/8`; from anywhere when empty',
    }),
  ),
})
export type CreateApiKey = Static<typeof CreateApiKey>

export const RollApiKey = closed({
  overlapSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800,
      description: 'How long the old key still works; 86400 unless said',
    }),
  ),
})

const shown = {
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(scope),
  environment: Type.String({ description: '`live`, `test`, or the id of an environment' }),
  allowedIps: Type.Array(Type.String()),
  expiresAt: orNull(Instant),
  createdAt: Instant,
}

export const ApiKey = Type.Object(
  {
    ...shown,
    prefix: Type.String({ description: 'How the key begins' }),
    last4: Type.String({ description: 'How it ends' }),
    lastUsedAt: orNull(Instant),
    createdBy: orNull(Type.String({ description: 'The member who made it' })),
  },
  { $id: 'ApiKey' },
)
export type ApiKey = Static<typeof ApiKey>

export const CreatedApiKey = Type.Object(
  { ...shown, key: Type.String({ description: 'The key itself, shown this once' }) },
  { $id: 'CreatedApiKey' },
)
export type CreatedApiKey = Static<typeof CreatedApiKey>

const ended = {
  requests: Type.Integer(),
  refused: Type.Integer({ description: 'Answered with 4xx' }),
  failed: Type.Integer({ description: 'Answered with 5xx' }),
}

export const KeyUsageQuery = closed({
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 90, description: 'How many UTC days back; 30 unless said' }),
  ),
})

export const ApiKeyUsage = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    days: Type.Array(Type.Object({ day: Day, ...ended }), {
      description: 'UTC days with requests, oldest first',
    }),
    routes: Type.Array(
      Type.Object({
        operation: Type.String({ description: 'As the SDKs name it, `customers.create`' }),
        ...ended,
        statuses: Type.Array(Type.Object({ status: Type.Integer(), requests: Type.Integer() })),
      }),
      { description: 'Those with the most requests first' },
    ),
  },
  { $id: 'ApiKeyUsage' },
)
export type ApiKeyUsage = Static<typeof ApiKeyUsage>

export const ListRequests = closed({
  ...pageQuery,
  environment: Type.Optional(words(40, { description: 'The id of an environment; all of them unless said' })),
  apiKeyId: Type.Optional(Type.String({ maxLength: 100 })),
  outcome: Type.Optional(
    oneOf(['SUCCEEDED', 'REFUSED', 'FAILED'], { description: 'Answered with 2xx, 4xx or 5xx' }),
  ),
  requestId: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      maxLength: 36,
      description: '`X-Request-Id` of the answer',
    }),
  ),
})
export type ListRequests = Static<typeof ListRequests>

export const LoggedRequest = Type.Object(
  {
    id: Type.String({ description: '`X-Request-Id` of the answer' }),
    at: Instant,
    environmentId: Type.String(),
    apiKeyId: Type.String(),
    method: Type.String(),
    path: Type.String({ description: 'Without its query' }),
    operation: Type.String({ description: 'As the SDKs name it' }),
    status: Type.Integer(),
    code: orNull(Type.String({ description: 'Why it was refused, where there is a code for it' })),
    durationMs: Type.Integer(),
    ip: Type.String(),
  },
  { $id: 'LoggedRequest' },
)
export type LoggedRequest = Static<typeof LoggedRequest>

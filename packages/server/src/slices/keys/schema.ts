import { Type, type Static } from 'typebox'
import { scopes } from '../../http/scopes.ts'
import { Instant, closed, oneOf, orNull, words } from '../../http/shapes.ts'

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

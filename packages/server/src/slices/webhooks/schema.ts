import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Instant, WebUrl, closed, oneOf, orNull, words } from '../../http/shapes.ts'
import { eventPatterns, eventTypes } from './audience.ts'

const deliveryStatuses = ['PENDING', 'SUCCEEDED', 'FAILED'] as const

const pattern = oneOf(eventPatterns, {
  description: 'A type of event (`invoice.paid`), all of a resource (`invoice.*`), or everything (`*`)',
})

export const WebhookEndpoint = Type.Object(
  {
    id: Type.String(),
    url: Type.String(),
    description: orNull(Type.String()),
    events: Type.Array(Type.String(), { description: 'What it hears' }),
    isActive: Type.Boolean(),
    isDefault: Type.Boolean({ description: "The account's `webhookUrl`, in this environment" }),
    disabledAt: orNull({ ...Instant, description: 'When it was switched off by us' }),
    disabledReason: orNull(Type.String()),
    failingSince: orNull({ ...Instant, description: 'Since when no delivery has got through' }),
    previousSecretUntil: orNull({
      ...Instant,
      description: 'Until when the secret before signs as well',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'WebhookEndpoint' },
)
export type WebhookEndpoint = Static<typeof WebhookEndpoint>

export const WebhookEndpointWithSecret = Type.Object(
  {
    ...WebhookEndpoint.properties,
    secret: Type.String({
      description: 'Signs what is sent, `whsec_…`; shown in this answer and nowhere else',
    }),
  },
  { $id: 'WebhookEndpointWithSecret' },
)
export type WebhookEndpointWithSecret = Static<typeof WebhookEndpointWithSecret>

const url = { ...WebUrl, description: 'An https address on port 443 or 8443 of the public network' }
const events = Type.Array(pattern, { minItems: 1, maxItems: 50, uniqueItems: true })
const isActive = Type.Boolean({ description: 'While it is off, events pass by it' })

export const CreateWebhookEndpoint = closed({
  url,
  events: Type.Optional({ ...events, description: 'What it hears; all that the key may write unless given' }),
  description: Type.Optional(words(500)),
  isActive: Type.Optional({
    ...isActive,
    description: 'While it is off, events pass by it; true unless given',
  }),
})
export type CreateWebhookEndpoint = Static<typeof CreateWebhookEndpoint>

export const UpdateWebhookEndpoint = closed({
  url: Type.Optional({
    ...url,
    description: `${url.description}; that of the default endpoint is set with the account`,
  }),
  events: Type.Optional(events),
  description: Type.Optional(orNull(words(500))),
  isActive: Type.Optional(isActive),
})
export type UpdateWebhookEndpoint = Static<typeof UpdateWebhookEndpoint>

export const RotateWebhookSecret = closed({
  overlapSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800,
      description: 'How long the secret before signs as well; a day unless given',
    }),
  ),
})

export const ListWebhookEndpoints = closed(pageQuery)

const WebhookAttempt = Type.Object(
  {
    attempt: Type.Integer(),
    at: Instant,
    durationMs: Type.Integer(),
    responseStatus: orNull(Type.Integer()),
    responseBody: orNull(Type.String({ description: 'Its beginning' })),
    error: orNull(Type.String({ description: 'Why it counts as failed' })),
  },
  { $id: 'WebhookAttempt' },
)
/** What came of one attempt, as it is stored and shown. */
export type WebhookAttempt = Static<typeof WebhookAttempt>

export const WebhookDelivery = Type.Object(
  {
    id: Type.String(),
    endpointId: Type.String(),
    eventId: Type.String(),
    event: Type.String({ description: 'The type of the event' }),
    status: oneOf(deliveryStatuses, { description: 'FAILED: given up; send it again with `retry`' }),
    nextAttemptAt: orNull(Instant),
    attempts: Type.Array(Type.Unsafe<WebhookAttempt>({ $ref: 'WebhookAttempt#' }), {
      description: 'Oldest first, the last twenty',
    }),
    createdAt: Instant,
  },
  { $id: 'WebhookDelivery' },
)
export type WebhookDelivery = Static<typeof WebhookDelivery>

export const ListWebhookDeliveries = closed({
  ...pageQuery,
  status: Type.Optional(oneOf(deliveryStatuses)),
})
export type ListWebhookDeliveries = Static<typeof ListWebhookDeliveries>

export const LoggedEvent = Type.Object(
  {
    id: Type.String(),
    event: Type.String({ description: 'Its type, `invoice.paid` and so on' }),
    timestamp: { ...Instant, description: "When it happened, by the environment's clock" },
    environment: Type.String({ description: '`live`, `test`, or the id of another test environment' }),
    data: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'The whole resource as it was after the change',
    }),
  },
  { $id: 'LoggedEvent' },
)
export type LoggedEvent = Static<typeof LoggedEvent>

export const ListEvents = closed({
  after: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'The id of the last event that you have' }),
  ),
  event: Type.Optional(oneOf(eventTypes, { description: 'Only events of this type' })),
  sortOrder: Type.Optional(
    oneOf(['asc', 'desc'], { description: '`desc` goes back from the newest; `asc` unless given' }),
  ),
  limit: pageQuery.limit,
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: '`nextCursor` of the page before; instead of `after`',
    }),
  ),
})
export type ListEvents = Static<typeof ListEvents>

export const schemas = [
  LoggedEvent,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
]

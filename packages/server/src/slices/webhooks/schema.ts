import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Instant, closed, oneOf } from '../../http/shapes.ts'
import { eventTypes } from './audience.ts'

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

export const schemas = [LoggedEvent]

import { Type, type Static } from 'typebox'
import { Instant, closed } from '../../http/shapes.ts'

const many = (maximum: number) => Type.Optional(Type.Integer({ minimum: 0, maximum }))

export const SetClock = closed({
  now: Type.Optional(Type.Unsafe<string>({ ...Instant, description: 'Where to move the clock' })),
  advance: Type.Optional(
    closed(
      { hours: many(87_600), days: many(36_500), weeks: many(5200), months: many(1200), years: many(100) },
      { description: "How far to move it, in local days of the tenant's time zone", minProperties: 1 },
    ),
  ),
})
export type SetClock = Static<typeof SetClock>

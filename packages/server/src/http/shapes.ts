import { Type, type TSchema } from 'typebox'

/** Shapes that many routes share. Strings are bounded, and objects refuse unknown fields. */

export const oneOf = <const W extends readonly string[]>(words: W, options: object = {}) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: words, ...options })

export const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

/** A reference to a shape that is registered by its `$id`, which gives it a name in the documentation and the SDKs. */
export function named<T>(id: string) {
  return Type.Unsafe<T>({ $ref: `${id}#` })
}

export const Email = Type.String({ format: 'email', maxLength: 254 })
/** Text with at least one character that shows. */
export const words = (maxLength: number, options: object = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: String.raw`\S`, ...options })

export const Instant = Type.String({ format: 'date-time', maxLength: 40 })
export const Day = Type.String({ format: 'date', maxLength: 10 })
export const Currency = Type.String({
  format: 'currency',
  minLength: 3,
  maxLength: 3,
  description: 'ISO 4217 code',
})
export const Country = Type.String({
  format: 'country',
  minLength: 2,
  maxLength: 2,
  description: 'ISO 3166-1 alpha-2 code',
})
export const TimeZone = Type.String({ format: 'time-zone', maxLength: 64, description: 'IANA time zone' })
export const WebUrl = Type.String({ format: 'web-url', maxLength: 2000 })
export const Locale = Type.String({ format: 'locale', maxLength: 35, description: 'BCP 47 language tag' })

/** An amount in major units, as we give it. */
export const Money = Type.Number({ format: 'money', description: 'Amount in major units' })
/** An amount in major units, as we take it: a number, or a decimal in a string. */
export const MoneyInput = Type.Unsafe<number | string>({
  type: ['number', 'string'],
  format: 'money',
  minimum: 0,
  maxLength: 32,
  description:
    'Amount in major units, as a number or a decimal string, with at most the decimals of its currency',
})

export const Metadata = Type.Unsafe<Record<string, string | number | boolean>>({
  type: 'object',
  maxProperties: 50,
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 500 },
  description: 'Your own keys and values; replaced whole',
})

export const Address = Type.Object(
  {
    line1: Type.Optional(words(200)),
    line2: Type.Optional(words(200)),
    city: Type.Optional(words(100)),
    state: Type.Optional(words(100)),
    postalCode: Type.Optional(words(20)),
    country: Type.Optional(Country),
  },
  { $id: 'Address', additionalProperties: false },
)

/** A body or a query: unknown fields are refused by name. */
export const closed = <P extends Record<string, TSchema>>(properties: P, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

export const PathId = closed({ id: Type.String({ maxLength: 300 }) })

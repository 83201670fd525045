import { isIP } from 'node:net'
import { Ajv, type Options } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { isCurrency } from '@novabilling/core/money'
import { isTimeZone } from '@novabilling/core/calendar'

const earliestMs = Date.parse('1970-01-01T00:00:00Z')
const latestMs = Date.parse('2200-01-01T00:00:00Z')

const options: Options = {
  allErrors: true,
  removeAdditional: false,
  useDefaults: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
}

/**
 * Validates bodies without ever changing a value; in queries and paths, where everything is text, `limit=20`
 * becomes a number.
 */
export function validatorCompiler(shared: readonly TSchema[]): FastifySchemaCompiler<TSchema> {
  const strict = withFormats(new Ajv({ ...options, coerceTypes: false }), shared)
  const fromText = withFormats(new Ajv({ ...options, coerceTypes: true }), shared)
  return ({ schema, httpPart }) => (httpPart === 'body' ? strict : fromText).compile(schema)
}

/** Answers are ours: the serialiser only has to know that these formats exist. */
export const responseFormats = Object.fromEntries(
  ['currency', 'country', 'time-zone', 'web-url', 'locale', 'ip-range', 'money'].map((name) => [
    name,
    true as const,
  ]),
)

function withFormats(ajv: Ajv, shared: readonly TSchema[]): Ajv {
  addFormats.default(ajv, ['email', 'date'])
  ajv.addFormat('date-time', isInstant)
  ajv.addFormat('date', { type: 'string', validate: isDay })
  ajv.addFormat('currency', isCurrency)
  ajv.addFormat('country', isCountry)
  ajv.addFormat('time-zone', isTimeZone)
  ajv.addFormat('web-url', isWebUrl)
  ajv.addFormat('locale', isLocale)
  ajv.addFormat('ip-range', isIpRange)
  // What an amount may be depends on its currency, so it is read with it: see money-input.ts.
  ajv.addFormat('money', true)
  for (const schema of shared) ajv.addSchema(schema)
  return ajv
}

const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * The milliseconds of an instant in the very form in which we give them, which is the form of most; undefined for any
 * other. Twenty times as fast as reading every form.
 */
export function instantMs(value: string): number | undefined {
  if (!canonical.test(value)) return undefined
  const ms = Date.parse(value)
  // A day that its month does not have, or an hour 24, would be one of the next.
  if (new Date(ms).getUTCDate() !== Number(value.slice(8, 10))) return undefined
  return ms >= earliestMs && ms < latestMs ? ms : undefined
}

function isInstant(value: string): boolean {
  if (instantMs(value) !== undefined) return true
  try {
    const { epochMilliseconds } = Temporal.Instant.from(value)
    return epochMilliseconds >= earliestMs && epochMilliseconds < latestMs
  } catch {
    return false
  }
}

function isDay(value: string): boolean {
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(value)) return false
  try {
    return Temporal.PlainDate.from(value).toString() === value
  } catch {
    return false
  }
}

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

function isCountry(value: string): boolean {
  return (
    /^[A-Z]{2}$/.test(value) &&
    !/^(AA|Q[M-Z]|X[A-Z]|ZZ|EU|EZ|UN|UK)$/.test(value) &&
    regions.of(value) !== undefined
  )
}

function isLocale(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1
  } catch {
    return false
  }
}

function isIpRange(value: string): boolean {
  const [address = '', bits, ...more] = value.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

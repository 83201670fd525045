import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isAnswered, sqlState, violatedConstraint } from '../db/pool.ts'
import type { Log } from '../log.ts'
import { type Fault, Refusal, type RefusalCode, sentenceFor } from '../refusal.ts'

/** 401: exactly the documented body. */
export class Unauthorized extends Error {
  override readonly name = 'Unauthorized'
}

/** The same, and a header says why: the password was right, and a second factor is needed. */
export class SecondFactorNeeded extends Unauthorized {}

/** 403: exactly the documented body; says what was needed. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden'
  readonly required: string

  constructor(required: string) {
    super(`Insufficient permissions. Required: ${required}`)
    this.required = required
  }
}

/** 429: exactly the documented body; waiting `retryAfter` seconds always works. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited'
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super(`Rate limit exceeded. Try again in ${retryAfter} seconds`)
    this.retryAfter = retryAfter
  }
}

/** The server cannot take this on now. */
export class Overloaded extends Refusal {
  readonly retryAfter: number

  constructor(retryAfter = 1) {
    super('overloaded')
    this.retryAfter = retryAfter
  }
}

/** Which unique key or check stands for which refusal; each slice brings its own. */
export type Constraints = Readonly<Record<string, RefusalCode>>

const refusals = new WeakMap<FastifyRequest, RefusalCode>()

/** By which code a request was refused, if it was. */
export function refusedAs(request: FastifyRequest): RefusalCode | undefined {
  return refusals.get(request)
}

/** Turns whatever a request threw into its answer. Only refusals speak; everything else is a generic 500. */
export function errorHandler(log: Log, constraints: Constraints) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (error instanceof Unauthorized) {
      if (error instanceof SecondFactorNeeded) reply.header('novabilling-two-factor', 'required')
      return reply
        .code(401)
        .send({ statusCode: 401, message: 'Invalid or missing authentication credentials' })
    }
    if (error instanceof Forbidden) return reply.code(403).send({ statusCode: 403, message: error.message })
    if (error instanceof RateLimited) {
      const { message, retryAfter } = error
      return reply.code(429).header('retry-after', retryAfter).send({ statusCode: 429, message, retryAfter })
    }
    const refusal = asRefusal(error, constraints)
    refusals.set(request, refusal.code)
    if (refusal.status >= 500) {
      log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'request failed')
    }
    if (refusal.status === 503 || refusal.code === 'idempotency_key_in_use' || refusal.code === 'busy') {
      reply.header('retry-after', refusal instanceof Overloaded ? refusal.retryAfter : 1)
    }
    return reply.code(refusal.status).send({
      statusCode: refusal.status,
      code: refusal.code,
      message: refusal.message,
      ...(refusal.status === 400 ? { errors: refusal.faults } : {}),
    })
  }
}

function asRefusal(error: FastifyError, constraints: Constraints): Refusal {
  if (error instanceof Refusal) return error
  if (error.validation) {
    const faults = faultsOf(error.validation, error.validationContext ?? 'body')
    return new Refusal('invalid_request', sentenceFor(faults), faults)
  }
  const constraint = constraints[violatedConstraint(error) ?? '']
  if (constraint) return new Refusal(constraint)
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal('body_too_large')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal('unsupported_media_type')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Refusal('malformed_json', 'The body is empty, and this request needs one.')
  }
  if (
    error instanceof SyntaxError ||
    error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    error.statusCode === 400
  ) {
    return new Refusal('malformed_json')
  }
  if (error.statusCode === 404) return new Refusal('not_found')
  return databaseRefusal(error) ?? new Refusal('internal_error')
}

function databaseRefusal(error: Error): Refusal | undefined {
  const state = sqlState(error)
  if (state === '55P03') return new Refusal('busy')
  if (state === '57014' || state === '53300') return new Overloaded()
  const unreachable =
    /ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|timeout exceeded when trying to connect|Connection terminated/
  const code = 'code' in error ? String(error.code) : ''
  if (
    (state !== undefined && !isAnswered(error)) ||
    unreachable.test(code) ||
    unreachable.test(error.message)
  ) {
    return new Overloaded()
  }
  return undefined
}

type AjvError = { keyword: string; instancePath: string; message?: string; params: Record<string, unknown> }

/** What a validator found wrong, in words. */
export function faultsOf(
  validation: readonly AjvError[] | FastifyError['validation'],
  context: string,
): Fault[] {
  const faults = new Map<string, Fault>()
  const optional = new Set(
    (validation ?? []).filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath),
  )
  for (const error of validation ?? []) {
    // A field that may be null fails three times: as what it is, as null, and as either. The first is the news.
    if (error.keyword === 'if' || error.keyword === 'anyOf') continue
    if (error.keyword === 'type' && error.params['type'] === 'null' && optional.has(error.instancePath))
      continue
    const fault = faultOf(error, context)
    const key = `${fault.path} ${fault.message}`
    if (!faults.has(key)) faults.set(key, fault)
  }
  return [...faults.values()]
}

function faultOf(error: AjvError, context: string): Fault {
  const base = readablePath(error.instancePath)
  const inside = (name: unknown): string => (base === '' ? String(name) : `${base}.${String(name)}`)
  const { params } = error
  switch (error.keyword) {
    case 'required':
      return { path: inside(params['missingProperty']), message: 'is required' }
    case 'additionalProperties':
      return { path: inside(params['additionalProperty']), message: 'is not a known field' }
    case 'enum':
      return {
        path: base,
        message: `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`,
      }
    case 'type':
      return base === '' && context === 'body'
        ? { path: '', message: 'must be a JSON object' }
        : { path: base, message: `must be ${[params['type']].flat().join(' or ')}` }
    case 'format':
      return { path: base, message: `must be a valid ${String(params['format'])}` }
    default:
      return { path: base, message: error.message ?? 'is not valid' }
  }
}

function readablePath(pointer: string): string {
  let path = ''
  for (const raw of pointer.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (/^\d+$/.test(part) && path !== '') path += `[${part}]`
    else path += path === '' ? part : `.${part}`
  }
  return path
}

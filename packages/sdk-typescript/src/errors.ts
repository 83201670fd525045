/** One fault of a request: `path` is the field, `message` what is wrong with it. */
export interface FieldError {
  path: string
  message: string
}

type Details = {
  readonly statusCode?: number | undefined
  readonly code?: string | undefined
  readonly requestId?: string | undefined
  readonly errors?: readonly FieldError[] | undefined
  readonly cause?: unknown
}

/** Everything the API refuses and every call that fails is one of these. */
export class NovaBillingError extends Error {
  override readonly name: string = 'NovaBillingError'
  /** The HTTP status; undefined when there was no answer. */
  readonly statusCode: number | undefined
  /** The documented code of the refusal. 401, 403 and 429 have none. */
  readonly code: string | undefined
  /** Quote it when you ask for help. */
  readonly requestId: string | undefined
  /** All faults of the request, for a 400. */
  readonly errors: readonly FieldError[]

  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.statusCode = details.statusCode
    this.code = details.code
    this.requestId = details.requestId
    this.errors = details.errors ?? []
  }
}

/** 400: malformed or invalid; `errors` names each fault. */
export class BadRequestError extends NovaBillingError {
  override readonly name = 'BadRequestError'
}

/** 401: no credentials, or wrong or expired ones. */
export class UnauthorizedError extends NovaBillingError {
  override readonly name = 'UnauthorizedError'
}

/** 403: the credentials lack a scope, named in the message. */
export class ForbiddenError extends NovaBillingError {
  override readonly name = 'ForbiddenError'
}

/** 404: nothing of that id is visible to these credentials. */
export class NotFoundError extends NovaBillingError {
  override readonly name = 'NotFoundError'
}

/** 409: a duplicate, or a move the object's state does not allow. */
export class ConflictError extends NovaBillingError {
  override readonly name = 'ConflictError'
}

/** 429: after `retryAfter` seconds the same call works. */
export class RateLimitError extends NovaBillingError {
  override readonly name = 'RateLimitError'
  /** Whole seconds. */
  readonly retryAfter: number

  constructor(message: string, details: Details & { readonly retryAfter: number }) {
    super(message, details)
    this.retryAfter = details.retryAfter
  }
}

/** No complete answer within the time limit. The server may have acted all the same. */
export class NovaBillingTimeoutError extends NovaBillingError {
  override readonly name = 'NovaBillingTimeoutError'
}

/** The server could not be reached, or the connection broke; `cause` says why. */
export class NovaBillingConnectionError extends NovaBillingError {
  override readonly name = 'NovaBillingConnectionError'
}

/** A webhook that NovaBilling did not send, or sent too long ago. Answer it with 400. */
export class WebhookVerificationError extends NovaBillingError {
  override readonly name = 'WebhookVerificationError'
}

/** The error an answer outside 2xx stands for. `body` is the parsed JSON, or undefined if it was none. */
export function errorFrom(
  response: Response,
  body: unknown,
  retryAfter: number | undefined,
): NovaBillingError {
  const { status } = response
  const fields: { [key: string]: unknown } = isRecord(body) ? body : {}
  const message = typeof fields['message'] === 'string' ? fields['message'] : `HTTP ${status}`
  const details = {
    statusCode: status,
    code: typeof fields['code'] === 'string' ? fields['code'] : undefined,
    requestId: response.headers.get('x-request-id') ?? undefined,
    errors: Array.isArray(fields['errors']) ? fields['errors'].filter(isFieldError) : [],
  }
  switch (status) {
    case 400:
      return new BadRequestError(message, details)
    case 401:
      return new UnauthorizedError(message, details)
    case 403:
      return new ForbiddenError(message, details)
    case 404:
      return new NotFoundError(message, details)
    case 409:
      return new ConflictError(message, details)
    case 429:
      return new RateLimitError(message, { ...details, retryAfter: retryAfter ?? 0 })
    default:
      return new NovaBillingError(message, details)
  }
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string'
}

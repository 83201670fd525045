import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { KeyUsage } from './key-usage.ts'
import type { Principal, Principals } from './principals.ts'
import { Forbidden, RateLimited, Unauthorized } from './problems.ts'
import type { SlidingWindow } from './rate-limit.ts'
import type { Access } from './route.ts'

/** A stranger may be wrong this many times as often as a tenant may be right. */
const badCredentialsFactor = 10

export type GuardParts = {
  readonly deps: Deps
  readonly principals: Principals
  readonly requests: SlidingWindow
  readonly badCredentials: SlidingWindow
  readonly usage: KeyUsage
}

/**
 * Lets a caller pass or throws, before the body is read: who it is (401), how often (429), what it may (403).
 * A bad credential counts against its address, never against a tenant. `known` is told who it is, also where it may not.
 */
export async function guard(
  parts: GuardParts,
  access: Exclude<Access, { kind: 'public' }>,
  request: FastifyRequest,
  reply: FastifyReply,
  known: (principal: Principal) => void = () => {},
): Promise<Principal> {
  const principal = await identify(parts, request, access.kind)
  known(principal)
  const limit = principal.rateLimit
  const { allowed, remaining, retryAfter, resetAfter } = parts.requests.take(
    whoseLimit(principal, request),
    limit,
  )
  reply.header('ratelimit-policy', `"default";q=${limit};w=60`)
  reply.header('ratelimit', `"default";r=${remaining};t=${allowed ? resetAfter : retryAfter}`)
  if (!allowed) throw new RateLimited(retryAfter)
  if (principal.kind === 'key') parts.usage.count(principal.tenantId, principal.keyId)
  authorize(access, principal)
  return principal
}

/** A dashboard session and a customer's link have a limit of their own, so that looking on does not slow the tenant's programs down. */
function whoseLimit(principal: Principal, request: FastifyRequest): string {
  if (principal.kind === 'portal') return principal.customerId
  if (principal.kind === 'pay') return principal.invoiceId
  return principal.kind === 'key' || request.headers.authorization !== undefined
    ? principal.tenantId
    : principal.sessionId
}

async function identify(
  parts: GuardParts,
  request: FastifyRequest,
  access: 'session' | 'key' | 'link',
): Promise<Principal> {
  try {
    return await parts.principals.identify(request, access)
  } catch (error) {
    if (error instanceof Unauthorized) {
      const perMinute = parts.deps.config.RATE_LIMIT_PER_MINUTE * badCredentialsFactor
      const { allowed, retryAfter } = parts.badCredentials.take(request.ip, perMinute)
      if (!allowed) throw new RateLimited(retryAfter)
    }
    throw error
  }
}

function authorize(access: Exclude<Access, { kind: 'public' }>, principal: Principal): void {
  if (access.kind === 'key') {
    const { anyOf } = access
    const held = 'scopes' in principal ? principal.scopes : undefined
    if (!anyOf.some((scope) => held?.has(scope))) throw new Forbidden(anyOf.join(' or '))
  } else if (access.kind === 'link') {
    if (principal.kind !== access.opens) throw new Forbidden(`a ${access.opens} link`)
  } else {
    if (principal.kind !== 'session') throw new Forbidden('tenant session')
    if (!access.roles.includes(principal.role)) throw new Forbidden(access.roles.join(' or '))
  }
}

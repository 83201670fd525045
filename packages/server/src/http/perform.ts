import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Scope, type Tx, reader, transaction } from '../db/transaction.ts'
import type { Deps } from '../deps.ts'
import { auditDeed } from './audit.ts'
import { Refusal, invalid } from '../refusal.ts'
import { type Answer, Idempotency, fingerprint, idempotencyKey } from './idempotency.ts'
import { isLines } from './lines.ts'
import type { Principal } from './principals.ts'
import type { Route, Runtime } from './route.ts'
import { performStaged } from './staged.ts'

/** Runs a route's work and answers. A write commits together with the answer it gave, if it came with a key. */
export async function perform(
  deps: Deps,
  runtime: Runtime,
  route: Route,
  principal: Principal | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { params, query, body } = request
  const parts = { params, query, body, deps, runtime, request, reply }
  const { work } = route
  if (work.kind === 'handle') {
    const result = await work.run({ ...parts, principal })
    return reply.sent || result === reply ? reply : answer(reply, serialise(reply, route, result))
  }
  if (!principal) throw new Error(`${route.operation} works in a scope and needs a principal`)
  const call = { ...parts, principal }
  const scope = scopeOf(principal)
  if (work.kind === 'read')
    return answer(reply, serialise(reply, route, await work.run(reader(deps.db, scope), call)))

  // Links of several customers share an environment, and so would their keys.
  const isLink = principal.kind === 'portal' || principal.kind === 'pay'
  const key = isLink ? undefined : idempotencyKey(request)
  if (work.kind === 'write' && work.lines && isLines(body)) {
    // What a member does is audited with its effect, which an upload has in many transactions.
    if (principal.kind !== 'key') throw new Refusal('unsupported_media_type')
    if (key !== undefined)
      throw invalid({ path: 'Idempotency-Key', message: 'cannot be used with a body of lines' })
    return answer(reply, serialise(reply, route, await work.lines(scope, body, call)))
  }
  const idempotency =
    key === undefined ? undefined : new Idempotency(deps, scope, key, fingerprint(request), route.secret)
  let made: Answer | undefined
  const toAnswer = (result: unknown): Answer => (made = serialise(reply, route, result))
  if (work.kind === 'staged') {
    const { begin, finish } = work.run
    const audited = {
      finish,
      begin: async (tx: Tx, made: typeof call) => {
        const id = await begin(tx, made)
        auditDeed(deps, tx, request, principal, { operation: route.operation, params })
        return id
      },
    }
    const done = await performStaged(audited, call, scope, idempotency, toAnswer)
    return answer(done.replayed ? reply.header('idempotent-replayed', 'true') : reply, done.answer)
  }
  const around = idempotency?.around(toAnswer)
  const alone = (): Promise<unknown> =>
    transaction(deps.db, { scope, now: deps.clock.now(), ...(around ? { around } : {}) }, async (tx) => {
      const result = await work.run(tx, call)
      auditDeed(deps, tx, request, principal, { operation: route.operation, params, result })
      return result
    })
  try {
    // What a member does is audited, which is of one operation.
    const result =
      work.shared && principal.kind === 'key' ? await work.shared(scope, call, around) : await alone()
    return answer(reply, made ?? toAnswer(result))
  } catch (error) {
    const earlier = await idempotency?.afterFailure(error)
    if (!earlier) throw error
    return answer(reply.header('idempotent-replayed', 'true'), earlier)
  }
}

/** The rows a principal may see. */
function scopeOf(principal: Principal): Scope {
  return principal.kind === 'session'
    ? { tenantId: principal.tenantId }
    : { tenantId: principal.tenantId, environmentId: principal.environmentId, isTest: principal.isTest }
}

function serialise(reply: FastifyReply, route: Route, result: unknown): Answer {
  const status = reply.statusCode === 202 ? 202 : route.status
  if (route.response === undefined) return { status, body: '' }
  return { status, body: String(reply.serializeInput(result as Record<string, unknown>, String(status))) }
}

function answer(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  reply.code(status)
  return body === ''
    ? reply.send()
    : reply.type('application/json; charset=utf-8').serializer(String).send(body)
}

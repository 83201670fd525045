import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { command } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { publicId } from '../ids.ts'
import type { Principal } from './principals.ts'

const appendAudit = command('access.append_audit', `select append_audit($1, $2, $3, $4, $5)`)

export type AuditAction =
  | 'tenant.registered'
  | 'tenant.updated'
  | 'session.started'
  | 'session.ended'
  | 'session.reuse_detected'
  | 'password.reset'
  | 'login.failed'
  | 'api_key.created'
  | 'api_key.rolled'
  | 'api_key.revoked'
  | 'environment.created'
  | 'environment.deleted'
  | 'environment.clock_moved'
  | 'member.invited'
  | 'member.joined'
  | 'member.role_changed'
  | 'member.removed'
  | 'two_factor.on'
  | 'two_factor.off'
  | 'audit_log.exported'
  | 'smtp.tested'
  | 'webhook_endpoint.disabled'

/** Who did it: a member, or nobody that is known yet. */
export type Actor = { readonly memberId?: string }

/**
 * Adds a link to the tenant's audit chain, in the transaction of the deed. Never hand it a secret.
 * `target` is the public id of what it was done to.
 */
export function audit(
  deps: Pick<Deps, 'ids'>,
  tx: Tx,
  request: Pick<FastifyRequest, 'id' | 'ip'>,
  actor: Actor,
  entry: { action: AuditAction; target: string; details?: Readonly<Record<string, unknown>> },
): void {
  append(deps, tx, { ...entry, ...partsOf(tx, request, actor) })
}

/**
 * What a member did to an environment's data in the dashboard, under the operation's name. What a program does with its
 * key is in the environment's events.
 */
export function auditDeed(
  deps: Pick<Deps, 'ids'>,
  tx: Tx,
  request: Pick<FastifyRequest, 'id' | 'ip'>,
  principal: Principal,
  deed: { readonly operation: string; readonly params: unknown; readonly result?: unknown },
): void {
  if (principal.kind !== 'dashboard') return
  append(deps, tx, {
    ...partsOf(tx, request, principal),
    action: deed.operation,
    target: idIn(deed.params) ?? idIn(deed.result) ?? publicId('environment', principal.environmentId),
    details: { environment: publicId('environment', principal.environmentId) },
  })
}

function idIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  return typeof value.id === 'string' ? value.id : undefined
}

function partsOf(tx: Tx, request: Pick<FastifyRequest, 'id' | 'ip'>, { memberId }: Actor) {
  return { memberId, ip: request.ip, requestId: request.id, at: tx.now }
}

/** The same for what the server did by itself. `at`: real time. */
export function auditUnattended(
  deps: Pick<Deps, 'ids'>,
  tx: Tx,
  entry: {
    action: AuditAction
    target: string
    details: Readonly<Record<string, unknown>>
    at: Temporal.Instant
  },
): void {
  append(deps, tx, { ...entry, memberId: undefined, ip: null, requestId: null })
}

function append(
  deps: Pick<Deps, 'ids'>,
  tx: Tx,
  entry: {
    action: string
    target: string
    details?: Readonly<Record<string, unknown>>
    memberId: string | undefined
    ip: string | null
    requestId: string | null
    at: Temporal.Instant
  },
): void {
  const id = deps.ids.next()
  const { action, target, details, memberId, ip, requestId, at } = entry
  const recorded = {
    id: publicId('auditEntry', id),
    action,
    actor: memberId === undefined ? null : publicId('member', memberId),
    target,
    details: details ?? {},
    ip,
    requestId,
    at: at.toString({ smallestUnit: 'millisecond' }),
  }
  tx.defer(appendAudit(tx.scope.tenantId, id, at, action, JSON.stringify(recorded)))
}

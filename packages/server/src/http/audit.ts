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
  | 'smtp.tested'

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
  append(deps, tx, request, actor, entry)
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
  append(deps, tx, request, principal, {
    action: deed.operation,
    target: idIn(deed.params) ?? idIn(deed.result) ?? publicId('environment', principal.environmentId),
    details: { environment: publicId('environment', principal.environmentId) },
  })
}

function idIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  return typeof value.id === 'string' ? value.id : undefined
}

function append(
  deps: Pick<Deps, 'ids'>,
  tx: Tx,
  request: Pick<FastifyRequest, 'id' | 'ip'>,
  actor: Actor,
  entry: { action: string; target: string; details?: Readonly<Record<string, unknown>> },
): void {
  const id = deps.ids.next()
  const recorded = {
    id: publicId('auditEntry', id),
    action: entry.action,
    actor: actor.memberId === undefined ? null : publicId('member', actor.memberId),
    target: entry.target,
    details: entry.details ?? {},
    ip: request.ip,
    requestId: request.id,
    at: tx.now.toString({ smallestUnit: 'millisecond' }),
  }
  tx.defer(appendAudit(tx.scope.tenantId, id, tx.now, entry.action, JSON.stringify(recorded)))
}

import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { instant, statement, text, uuid } from '../../db/statement.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { audit } from '../../http/audit.ts'
import type { OpenSession } from './schema.ts'
import { endSession } from './sessions.ts'

const sessionColumns = {
  id: uuid,
  member_id: uuid,
  created_at: instant,
  refreshed_at: instant,
  expires_at: instant,
  ip: text,
  user_agent: text,
}

const openSession = statement(
  'access.open_session',
  `select id, member_id from sessions
   where tenant_id = $1::uuid and id = $2::uuid and revoked_at is null and expires_at > $3::timestamptz for update`,
  { id: uuid, member_id: uuid },
)

/** The sessions that are alive: a member's own, or everyone's for an administrator. Newest first. */
export function listSessions(
  deps: Deps,
  reader: Reader,
  by: SessionPrincipal,
  query: { page?: number; limit?: number; cursor?: string },
): Promise<Page<OpenSession>> {
  const where = [
    fragment`tenant_id = ${by.tenantId}::uuid`,
    fragment`revoked_at is null`,
    fragment`expires_at > ${deps.clock.now().toString()}::timestamptz`,
  ]
  if (!seesAll(by)) where.push(fragment`member_id = ${by.memberId}::uuid`)
  return listPage({
    deps,
    reader,
    name: 'access.sessions',
    from: 'sessions',
    select: Object.keys(sessionColumns).join(', '),
    columns: sessionColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: (row) => ({
      id: publicId('session', row.id),
      memberId: publicId('member', row.member_id),
      createdAt: isoInstant(row.created_at),
      lastRefreshedAt: isoInstant(row.refreshed_at),
      expiresAt: isoInstant(row.expires_at),
      ip: row.ip,
      userAgent: row.user_agent,
      current: row.id === by.sessionId,
    }),
  })
}

/** Ends a session: its tokens are dead at once. Another member's only by an administrator. */
export async function revokeSession(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  id: string,
): Promise<void> {
  const stored = parseId('session', id)
  const [session] = stored === undefined ? [] : await tx.query(openSession(by.tenantId, stored, tx.now))
  if (!session || (session.member_id !== by.memberId && !seesAll(by))) throw new Refusal('session_not_found')

  tx.defer(endSession(by.tenantId, session.id, tx.now))
  audit(deps, tx, request, by, { action: 'session.ended', target: id })
}

function seesAll(by: SessionPrincipal): boolean {
  return by.role === 'OWNER' || by.role === 'ADMIN'
}

import type { FastifyReply } from 'fastify'
import { command } from '../../db/statement.ts'
import { clearCookie, dashboardSeconds, setCookie } from '../../http/dashboard-cookie.ts'
import { randomToken, sha256 } from '../../secrets.ts'
import { type StartSession, openSession } from '../access/index.ts'
import { readVisit } from './read-visit.ts'
import type { Visit } from './schema.ts'

const insertDashboardSession = command(
  'dashboard.insert_session',
  `insert into dashboard_sessions (tenant_id, id, token_hash, last_seen_at) values ($1, $2, $3, $4)`,
)

/** Signs in with a new cookie, whatever the browser had before, and tells who that is. The cookie's text is stored nowhere. */
export function startVisit(reply: FastifyReply): StartSession<Visit> {
  return async (deps, tx, memberId, request) => {
    const { tenantId } = tx.scope
    const token = randomToken()
    const { sessionId } = openSession(deps, tx, memberId, request, dashboardSeconds)
    tx.defer(insertDashboardSession(tenantId, sessionId, sha256(token), tx.now))
    const visit = await readVisit(tx, tenantId, memberId)
    reply.header('set-cookie', setCookie(token))
    return visit
  }
}

export function endVisit(reply: FastifyReply): void {
  reply.header('set-cookie', clearCookie())
}

import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { bytes, command, instant, nullable, statement, uuid } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { accessSeconds, refreshSeconds, sessionSeconds, signToken } from '../../http/tokens.ts'

export type Tokens = { accessToken: string; refreshToken: string }

const insertSession = command(
  'access.insert_session',
  `insert into sessions (tenant_id, id, member_id, created_at, expires_at, refresh_id, refreshed_at, ip, user_agent)
   values ($1, $2, $3, $4, $5, $6, $4, $7, $8)`,
)

export const lockSession = statement(
  'access.lock_session',
  `select id, member_id, expires_at, revoked_at, refresh_id, refreshed_at, previous_refresh_id, replay_key_hash
   from sessions where tenant_id = $1::uuid and id = $2::uuid for update`,
  {
    id: uuid,
    member_id: uuid,
    expires_at: instant,
    revoked_at: nullable(instant),
    refresh_id: uuid,
    refreshed_at: instant,
    previous_refresh_id: nullable(uuid),
    replay_key_hash: nullable(bytes),
  },
)

export const rotateSession = command(
  'access.rotate_session',
  `update sessions
   set refresh_id = $3, refreshed_at = $4, previous_refresh_id = $5, replay_key_hash = $6
   where tenant_id = $1::uuid and id = $2::uuid`,
)

export const endSession = command(
  'access.end_session',
  `update sessions set revoked_at = $3 where tenant_id = $1::uuid and id = $2::uuid and revoked_at is null`,
)

export const endSessionsOf = command(
  'access.end_sessions_of',
  `update sessions set revoked_at = $3 where tenant_id = $1::uuid and member_id = $2::uuid and revoked_at is null`,
)

/** How a member who has shown who they are is signed in: with tokens, or with the dashboard's cookie. */
export type StartSession<R> = (deps: Deps, tx: Tx, memberId: string, request: FastifyRequest) => Promise<R>

/** Starts a session for a member and gives its first two tokens. */
export const startSession: StartSession<Tokens> = async (deps, tx, memberId, request) => {
  const { sessionId, refreshId, expiresAt } = openSession(deps, tx, memberId, request, sessionSeconds)
  const { tenantId } = tx.scope
  return tokensOf(deps, { tenantId, sessionId, memberId, refreshId, refreshedAt: tx.now, expiresAt })
}

/** Writes a session down that lasts so many seconds at most. */
export function openSession(
  deps: Deps,
  tx: Tx,
  memberId: string,
  request: FastifyRequest,
  seconds: number,
): { sessionId: string; refreshId: string; expiresAt: Temporal.Instant } {
  const sessionId = deps.ids.next()
  const refreshId = deps.ids.next()
  const expiresAt = tx.now.add({ seconds })
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, 300)
  tx.defer(
    insertSession(
      tx.scope.tenantId,
      sessionId,
      memberId,
      tx.now,
      expiresAt,
      refreshId,
      request.ip,
      userAgent,
    ),
  )
  return { sessionId, refreshId, expiresAt }
}

/** The pair of tokens that a session stands for at present: always the same text for the same session state. */
export async function tokensOf(
  deps: Deps,
  session: {
    tenantId: string
    sessionId: string
    memberId: string
    refreshId: string
    refreshedAt: Temporal.Instant
    expiresAt: Temporal.Instant
  },
): Promise<Tokens> {
  const { tenantId, sessionId, memberId, refreshId, refreshedAt } = session
  const expiry = (seconds: number): Temporal.Instant =>
    earlier(refreshedAt.add({ seconds }), session.expiresAt)
  const claims = { tenantId, sessionId, memberId, tokenId: refreshId, issuedAt: refreshedAt }
  const [accessToken, refreshToken] = await Promise.all([
    signToken(deps, { ...claims, use: 'access', expiresAt: expiry(accessSeconds) }),
    signToken(deps, { ...claims, use: 'refresh', expiresAt: expiry(refreshSeconds) }),
  ])
  return { accessToken, refreshToken }
}

function earlier(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) < 0 ? a : b
}

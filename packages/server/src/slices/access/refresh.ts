import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { transaction } from '../../db/transaction.ts'
import { Unauthorized } from '../../http/problems.ts'
import { idempotencyKey } from '../../http/idempotency.ts'
import { verifyToken } from '../../http/tokens.ts'
import { publicId } from '../../ids.ts'
import { equalBytes, sha256 } from '../../secrets.ts'
import { audit } from '../../http/audit.ts'
import { type Tokens, endSession, lockSession, rotateSession, tokensOf } from './sessions.ts'

const repeatableSeconds = 60

/**
 * Gives the next pair of tokens for a refresh token, which works once. Used again it ends its whole session, so a
 * thief's tokens die with it (RFC 9700 §4.14.2). Only the same request with the same Idempotency-Key, within a
 * minute, gets the same answer again.
 * @throws Unauthorized
 */
export async function refresh(deps: Deps, request: FastifyRequest, refreshToken: string): Promise<Tokens> {
  const claims = await verifyToken(deps, refreshToken, 'refresh')
  if (!claims) throw new Unauthorized()
  const key = idempotencyKey(request)
  const keyHash = key === undefined ? null : sha256(`${claims.sessionId} ${key}`)
  const { tenantId, sessionId, memberId } = claims

  const tokens = await transaction(deps.db, { scope: { tenantId }, now: deps.clock.now() }, async (tx) => {
    const [session] = await tx.query(lockSession(tenantId, sessionId))
    if (!session || session.revoked_at || Temporal.Instant.compare(session.expires_at, tx.now) <= 0)
      return undefined

    const state = { tenantId, sessionId, memberId, expiresAt: session.expires_at }
    if (claims.tokenId === session.refresh_id) {
      const refreshId = deps.ids.next()
      tx.defer(rotateSession(tenantId, sessionId, refreshId, tx.now, session.refresh_id, keyHash))
      return tokensOf(deps, { ...state, refreshId, refreshedAt: tx.now })
    }
    const repeats =
      claims.tokenId === session.previous_refresh_id &&
      keyHash !== null &&
      session.replay_key_hash !== null &&
      equalBytes(keyHash, session.replay_key_hash) &&
      tx.now.since(session.refreshed_at).total('seconds') <= repeatableSeconds
    if (repeats)
      return tokensOf(deps, { ...state, refreshId: session.refresh_id, refreshedAt: session.refreshed_at })

    tx.defer(endSession(tenantId, sessionId, tx.now))
    audit(deps, tx, request, {}, { action: 'session.reuse_detected', target: publicId('session', sessionId) })
    return undefined
  })
  if (!tokens) throw new Unauthorized()
  return tokens
}

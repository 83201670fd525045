import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { statement, text, uuid } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import type { LoginGuard } from '../../http/login-guard.ts'
import { Unauthorized } from '../../http/problems.ts'
import { publicId } from '../../ids.ts'
import { audit } from '../../http/audit.ts'
import { passwordMatches } from './passwords.ts'
import type { Login } from './schema.ts'
import type { StartSession } from './sessions.ts'

const memberByEmail = statement(
  'access.member_by_email',
  `select tenant_id, member_id, password_hash from member_by_email($1)`,
  { tenant_id: uuid, member_id: uuid, password_hash: text },
)

/**
 * Signs a member in. A wrong password and an unknown address get the same answer in the same time.
 * @throws Unauthorized, RateLimited
 */
export async function login<R>(
  deps: Deps,
  logins: LoginGuard,
  request: FastifyRequest,
  input: Login,
  start: StartSession<R>,
): Promise<R> {
  const email = input.email.toLowerCase()
  const member = await logins.attempt(email, request.ip, async () => {
    const [known] = await deps.db.query(memberByEmail(email))
    if (await passwordMatches(known?.password_hash, input.password)) return known
    if (known) await recordFailure(deps, request, known)
    return undefined
  })
  if (!member) throw new Unauthorized()
  return transaction(
    deps.db,
    { scope: { tenantId: member.tenant_id }, now: deps.clock.now() },
    async (tx) => {
      const target = publicId('member', member.member_id)
      audit(deps, tx, request, { memberId: member.member_id }, { action: 'session.started', target })
      return start(deps, tx, member.member_id, request)
    },
  )
}

function recordFailure(
  deps: Deps,
  request: FastifyRequest,
  known: { tenant_id: string; member_id: string },
): Promise<void> {
  return transaction(deps.db, { scope: { tenantId: known.tenant_id }, now: deps.clock.now() }, async (tx) => {
    audit(deps, tx, request, {}, { action: 'login.failed', target: publicId('member', known.member_id) })
  })
}

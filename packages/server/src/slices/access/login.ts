import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { statement, text, uuid } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import type { LoginGuard } from '../../http/login-guard.ts'
import { SecondFactorNeeded, Unauthorized } from '../../http/problems.ts'
import { publicId } from '../../ids.ts'
import { audit } from '../../http/audit.ts'
import { passwordMatches } from './passwords.ts'
import type { Login } from './schema.ts'
import type { StartSession } from './sessions.ts'
import { needsSecondFactor, takeCode } from './two-factor.ts'

const memberByEmail = statement(
  'access.member_by_email',
  `select tenant_id, member_id, password_hash from member_by_email($1)`,
  { tenant_id: uuid, member_id: uuid, password_hash: text },
)

/**
 * Signs a member in. A wrong password and an unknown address get the same answer in the same time.
 * A code of the second factor is looked at once the password is right.
 * @throws Unauthorized, SecondFactorNeeded, RateLimited
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
    const isRight = await passwordMatches(known?.password_hash, input.password)
    if (known && isRight && (await hasSecondFactor(deps, known, input.totpCode))) return known
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

/**
 * Whether the member needs no second factor, or shows it.
 * @throws SecondFactorNeeded where none is shown: a try that is neither right nor wrong
 */
function hasSecondFactor(
  deps: Deps,
  member: { tenant_id: string; member_id: string },
  code: string | undefined,
): Promise<boolean> {
  return transaction(
    deps.db,
    { scope: { tenantId: member.tenant_id }, now: deps.clock.now() },
    async (tx) => {
      if (!(await needsSecondFactor(tx, member.member_id))) return true
      if (code === undefined) throw new SecondFactorNeeded()
      return takeCode(deps, tx, member.member_id, code)
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

import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { command, instant, nullable, statement, text, uuid } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import type { LoginGuard } from '../../http/login-guard.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { sha256 } from '../../secrets.ts'
import { audit } from '../../http/audit.ts'
import { checkPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import type { ResetPassword } from './schema.ts'
import { endSessionsOf } from './sessions.ts'

const requestReset = command('access.request_reset', `select request_password_reset($1, $2, $3)`)

const resetByHash = statement(
  'access.reset_by_hash',
  `select tenant_id, id from password_reset_by_hash($1)`,
  {
    tenant_id: uuid,
    id: uuid,
  },
)

const lockReset = statement(
  'access.lock_reset',
  `select r.id, r.member_id, r.expires_at, r.used_at, m.email
   from password_resets r
   join members m on m.tenant_id = r.tenant_id and m.id = r.member_id
   where r.tenant_id = $1::uuid and r.id = $2::uuid
   for update`,
  { id: uuid, member_id: uuid, expires_at: instant, used_at: nullable(instant), email: text },
)

/** Every link of the member dies with the one that was used. */
const useResets = command(
  'access.use_resets',
  `update password_resets set used_at = $3 where tenant_id = $1::uuid and member_id = $2::uuid and used_at is null`,
)

const setPassword = command(
  'access.set_password',
  `update members set password_hash = $3, updated_at = $4 where tenant_id = $1::uuid and id = $2::uuid`,
)

/** Has a link mailed, if the address has an account; nobody can tell whether it has. */
export async function forgotPassword(
  deps: Deps,
  logins: LoginGuard,
  ip: string,
  address: string,
): Promise<void> {
  const email = address.toLowerCase()
  if (logins.mayMail(email, ip)) await deps.db.query(requestReset(deps.ids.next(), email, deps.clock.now()))
}

/** Sets a new password by a mailed token, which works once, and ends every session of the member. */
export async function resetPassword(
  deps: Deps,
  request: FastifyRequest,
  input: ResetPassword,
): Promise<void> {
  const [found] = await deps.db.query(resetByHash(sha256(input.token)))
  if (!found) throw new Refusal('reset_token_invalid')
  const scope = { tenantId: found.tenant_id }
  const passwordHash = await hashPassword(input.newPassword)
  await transaction(deps.db, { scope, now: deps.clock.now() }, async (tx) => {
    const [reset] = await tx.query(lockReset(found.tenant_id, found.id))
    if (!reset || reset.used_at) throw new Refusal('reset_token_invalid')
    if (Temporal.Instant.compare(reset.expires_at, tx.now) <= 0) throw new Refusal('reset_token_invalid')
    checkPassword('newPassword', input.newPassword, reset.email)

    tx.defer(useResets(found.tenant_id, reset.member_id, tx.now))
    tx.defer(setPassword(found.tenant_id, reset.member_id, passwordHash, tx.now))
    tx.defer(endSessionsOf(found.tenant_id, reset.member_id, tx.now))
    const member = publicId('member', reset.member_id)
    audit(deps, tx, request, { memberId: reset.member_id }, { action: 'password.reset', target: member })
  })
}

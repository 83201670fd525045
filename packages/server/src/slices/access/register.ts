import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { command } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { audit } from '../../http/audit.ts'
import { checkPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import type { Register } from './schema.ts'
import type { StartSession } from './sessions.ts'

const insertTenant = command(
  'access.insert_tenant',
  `insert into tenants (id, name, company_name, country, currency, timezone, settings, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, '{}', $7, $7)`,
)
export const insertMember = command(
  'access.insert_member',
  `insert into members (tenant_id, id, email, name, password_hash, role, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $7)`,
)
export const insertEnvironment = command(
  'access.insert_environment',
  `insert into environments (tenant_id, id, kind, name, created_at) values ($1, $2, $3, $4, $5)`,
)

/** Opens an account: the tenant, its owner, a live and a test environment, and a session. */
export async function register<R>(
  deps: Deps,
  request: FastifyRequest,
  input: Register,
  start: StartSession<R>,
): Promise<R> {
  const email = input.email.toLowerCase()
  checkPassword('password', input.password, email)
  const passwordHash = await hashPassword(input.password)
  const tenantId = deps.ids.next()
  const memberId = deps.ids.next()
  const { name, companyName, country = null, currency = 'USD', timezone = 'UTC' } = input
  return transaction(deps.db, { scope: { tenantId }, now: deps.clock.now() }, async (tx) => {
    tx.defer(insertTenant(tenantId, name, companyName, country, currency, timezone, tx.now))
    tx.defer(insertMember(tenantId, memberId, email, name, passwordHash, 'OWNER', tx.now))
    tx.defer(insertEnvironment(tenantId, deps.ids.next(), 'LIVE', 'live', tx.now))
    tx.defer(insertEnvironment(tenantId, deps.ids.next(), 'TEST', 'test', tx.now))
    audit(
      deps,
      tx,
      request,
      { memberId },
      { action: 'tenant.registered', target: publicId('tenant', tenantId) },
    )
    return start(deps, tx, memberId, request)
  })
}

import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { bigint, bytes, command, instant, nullable, statement, text } from '../../db/statement.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../../http/audit.ts'
import type { LoginGuard } from '../../http/login-guard.ts'
import { isoInstantOrNull } from '../../http/present.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { sha256 } from '../../secrets.ts'
import type { RecoveryCodes, TwoFactor, TwoFactorEnrolment } from './schema.ts'
import { enrolmentUri, newSecret, stepOfCode } from './totp.ts'

const factorColumns = { secret_sealed: bytes, confirmed_at: nullable(instant), last_step: bigint }

const factorOf = statement(
  'access.second_factor',
  `select secret_sealed, confirmed_at, last_step from second_factors where tenant_id = $1::uuid and member_id = $2::uuid`,
  factorColumns,
)
const lockFactor = statement(
  'access.lock_second_factor',
  `select secret_sealed, confirmed_at, last_step from second_factors
   where tenant_id = $1::uuid and member_id = $2::uuid for update`,
  factorColumns,
)
const codesLeft = statement(
  'access.recovery_codes_left',
  `select count(*) as codes from recovery_codes where tenant_id = $1::uuid and member_id = $2::uuid`,
  { codes: bigint },
)
const emailOf = statement(
  'access.email_of_member',
  `select email from members where tenant_id = $1::uuid and id = $2::uuid`,
  { email: text },
)
const startFactor = command(
  'access.start_second_factor',
  `insert into second_factors (tenant_id, member_id, secret_sealed, last_step, created_at) values ($1, $2, $3, 0, $4)
   on conflict (tenant_id, member_id) do update
     set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at
     where second_factors.confirmed_at is null`,
)
const confirmFactor = command(
  'access.confirm_second_factor',
  `update second_factors set confirmed_at = $3, last_step = $4 where tenant_id = $1::uuid and member_id = $2::uuid`,
)
const keepStep = command(
  'access.keep_step_of_second_factor',
  `update second_factors set last_step = $3 where tenant_id = $1::uuid and member_id = $2::uuid`,
)
const endFactor = command(
  'access.end_second_factor',
  `delete from second_factors where tenant_id = $1::uuid and member_id = $2::uuid`,
)
const keepCodes = command(
  'access.keep_recovery_codes',
  `insert into recovery_codes (tenant_id, member_id, code_hash)
   select $1::uuid, $2::uuid, decode(u.hash, 'hex') from unnest($3::text[]) as u (hash)`,
)
const useCode = statement(
  'access.use_recovery_code',
  `delete from recovery_codes where tenant_id = $1::uuid and member_id = $2::uuid and code_hash = $3 returning code_hash`,
  { code_hash: bytes },
)

const recoveryCodes = 10

/** Whether the member signs in with a second factor. */
export async function readTwoFactor(
  reader: Reader,
  { tenantId, memberId }: SessionPrincipal,
): Promise<TwoFactor> {
  const [[factor], [left]] = await reader.queryAll([
    factorOf(tenantId, memberId),
    codesLeft(tenantId, memberId),
  ])
  const confirmedAt = factor?.confirmed_at ?? null
  return {
    isOn: confirmedAt !== null,
    since: isoInstantOrNull(confirmedAt),
    recoveryCodesLeft: Number(left?.codes ?? 0),
  }
}

/** Makes a secret for the member's authenticator app. It counts once a code of it has been shown. */
export async function startTwoFactor(
  deps: Deps,
  tx: Tx,
  { tenantId, memberId }: SessionPrincipal,
): Promise<TwoFactorEnrolment> {
  const [factor] = await tx.query(lockFactor(tenantId, memberId))
  if (factor?.confirmed_at) throw new Refusal('two_factor_on')
  const [member] = await tx.query(emailOf(tenantId, memberId))
  if (!member) throw new Error('a member vanished')
  const secret = newSecret(new Uint8Array(randomBytes(20)))
  const sealed = Buffer.from(deps.sealer.seal(secret, secretPlace(tenantId, memberId)))
  tx.defer(startFactor(tenantId, memberId, sealed, tx.now))
  return { secret, uri: enrolmentUri(secret, member.email) }
}

/** Switches the second factor on, and gives codes for the day the device is lost. @throws Refusal */
export async function confirmTwoFactor(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  code: string,
): Promise<RecoveryCodes> {
  const { tenantId, memberId } = by
  const [factor] = await tx.query(lockFactor(tenantId, memberId))
  if (!factor) throw new Refusal('two_factor_not_started')
  if (factor.confirmed_at) throw new Refusal('two_factor_on')
  const step = stepOfCode(secretOf(deps, tenantId, memberId, factor), code, deps.clock.nowMs())
  if (step === undefined) throw wrongCode()
  const codes = Array.from({ length: recoveryCodes }, () => recoveryCode(randomBytes(10)))
  tx.defer(confirmFactor(tenantId, memberId, tx.now, step))
  tx.defer(
    keepCodes(
      tenantId,
      memberId,
      codes.map((one) => sha256(one).toString('hex')),
    ),
  )
  audit(deps, tx, request, by, { action: 'two_factor.on', target: publicId('member', memberId) })
  return { recoveryCodes: codes }
}

/** Switches it off again, for who shows a code. @throws Refusal, RateLimited after wrong ones */
export async function endTwoFactor(
  deps: Deps,
  logins: LoginGuard,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  code: string,
): Promise<void> {
  const { tenantId, memberId } = by
  const [factor] = await tx.query(factorOf(tenantId, memberId))
  if (!factor?.confirmed_at) throw new Refusal('two_factor_off')
  const isRight = await logins.attempt(`second factor of ${memberId}`, request.ip, async () =>
    (await takeCode(deps, tx, memberId, code)) ? true : undefined,
  )
  if (!isRight) throw wrongCode()
  tx.defer(endFactor(tenantId, memberId))
  audit(deps, tx, request, by, { action: 'two_factor.off', target: publicId('member', memberId) })
}

/** Whether the member has to show a second factor. */
export async function needsSecondFactor(
  reader: Pick<Tx, 'query' | 'scope'>,
  memberId: string,
): Promise<boolean> {
  const [factor] = await reader.query(factorOf(reader.scope.tenantId, memberId))
  return factor !== undefined && factor.confirmed_at !== null
}

/** Takes a code of the app, or a recovery code. Each is taken once. */
export async function takeCode(deps: Deps, tx: Tx, memberId: string, code: string): Promise<boolean> {
  const { tenantId } = tx.scope
  const [factor] = await tx.query(lockFactor(tenantId, memberId))
  if (!factor?.confirmed_at) return false
  const typed = code.trim().toLowerCase()
  const step = stepOfCode(secretOf(deps, tenantId, memberId, factor), typed, deps.clock.nowMs())
  if (step !== undefined) {
    if (BigInt(step) <= factor.last_step) return false
    tx.defer(keepStep(tenantId, memberId, step))
    return true
  }
  return (await tx.query(useCode(tenantId, memberId, sha256(typed)))).length > 0
}

function secretOf(
  deps: Deps,
  tenantId: string,
  memberId: string,
  factor: { secret_sealed: Uint8Array },
): string {
  return deps.sealer.open(factor.secret_sealed, secretPlace(tenantId, memberId))
}

function secretPlace(tenantId: string, memberId: string): string {
  return `${tenantId}|second_factors|${memberId}|secret`
}

/** Sixteen characters without those that look alike: 80 bits. */
function recoveryCode(random: Uint8Array): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz234567890'
  let bits = 0n
  for (const byte of random) bits = (bits << 8n) | BigInt(byte)
  let text = ''
  for (let place = 0; place < 16; place++) text += alphabet.charAt(Number((bits >> BigInt(place * 5)) & 31n))
  return text.replaceAll(/(.{4})(?=.)/g, '$1-')
}

function wrongCode(): Refusal {
  return invalid({
    path: 'totpCode',
    message: 'is not the code of now; wait for the next one and try it once',
  })
}

import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { type SessionPrincipal, formatKey } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { sha256 } from '../../secrets.ts'
import { audit } from '../access/index.ts'
import { presentCreatedKey } from './present.ts'
import type { CreateApiKey, CreatedApiKey } from './schema.ts'
import { type KeyRow, findEnvironment, insertKey } from './sql.ts'

/** Makes a key for one environment. Its text is in this answer and nowhere else. */
export async function createKey(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  input: CreateApiKey,
): Promise<CreatedApiKey> {
  const wanted = input.environment ?? 'live'
  const [environment] = await tx.query(
    findEnvironment(by.tenantId, parseId('environment', wanted) ?? null, wanted),
  )
  if (!environment) throw new Refusal('environment_not_found')
  const expiresAt =
    input.expiresAt === undefined ? null : Temporal.Instant.from(input.expiresAt).round('millisecond')
  if (expiresAt && Temporal.Instant.compare(expiresAt, tx.now) <= 0) {
    throw invalid({ path: 'expiresAt', message: 'must be in the future' })
  }
  const { row, key } = storeNewKey(deps, tx, by, {
    environment_id: environment.id,
    environment_kind: environment.kind,
    environment_name: environment.name,
    name: input.name,
    scopes: input.scopes,
    allowed_ips: input.allowedIps ?? [],
    expires_at: expiresAt,
  })
  audit(deps, tx, request, by, {
    action: 'api_key.created',
    target: publicId('apiKey', row.id),
    details: { name: row.name, scopes: row.scopes },
  })
  return presentCreatedKey(row, key)
}

type Rights = Pick<
  KeyRow,
  | 'environment_id'
  | 'environment_kind'
  | 'environment_name'
  | 'name'
  | 'scopes'
  | 'allowed_ips'
  | 'expires_at'
>

/** Makes a key's text and stores its hash. */
export function storeNewKey(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  rights: Rights,
): { row: KeyRow; key: string } {
  const key = formatKey(rights.environment_kind === 'LIVE' ? 'live' : 'test', randomBytes(64))
  const row: KeyRow = {
    ...rights,
    id: deps.ids.next(),
    prefix: key.slice(0, 12),
    last4: key.slice(-4),
    hash: sha256(key),
    revoked_at: null,
    last_used_at: null,
    created_by: by.memberId,
    created_at: tx.now,
  }
  tx.defer(
    insertKey(
      by.tenantId,
      row.id,
      row.environment_id,
      row.name,
      row.prefix,
      row.last4,
      row.hash,
      row.scopes,
      row.allowed_ips,
      row.expires_at,
      row.created_by,
      row.created_at,
    ),
  )
  return { row, key }
}

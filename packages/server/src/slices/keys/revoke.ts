import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Principals, SessionPrincipal } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { audit } from '../access/index.ts'
import { storeNewKey } from './create.ts'
import { presentCreatedKey } from './present.ts'
import type { CreatedApiKey } from './schema.ts'
import { type KeyRow, announceChange, lockKey, revokeKeyRow } from './sql.ts'

/** Ends a key at once: here with the answer, on other nodes as soon as they hear, within a second at most. */
export async function revokeKey(
  deps: Deps,
  principals: Principals,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  id: string,
): Promise<void> {
  const current = await findKey(tx, by, id)
  endKey(principals, tx, by, current, tx.now)
  audit(deps, tx, request, by, { action: 'api_key.revoked', target: id, details: { name: current.name } })
}

/** Makes a new key of the same rights; the old one works for `overlapSeconds` more. */
export async function rollKey(
  deps: Deps,
  principals: Principals,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  { id, overlapSeconds }: { id: string; overlapSeconds: number },
): Promise<CreatedApiKey> {
  const current = await findKey(tx, by, id)
  const expired = current.expires_at !== null && Temporal.Instant.compare(current.expires_at, tx.now) <= 0
  if (expired || current.revoked_at !== null) throw new Refusal('api_key_inactive')

  endKey(principals, tx, by, current, tx.now.add({ seconds: overlapSeconds }))
  const { row, key } = storeNewKey(deps, tx, by, current)
  audit(deps, tx, request, by, {
    action: 'api_key.rolled',
    target: id,
    details: { successor: publicId('apiKey', row.id), overlapSeconds },
  })
  return presentCreatedKey(row, key)
}

function endKey(
  principals: Principals,
  tx: Tx,
  by: SessionPrincipal,
  key: KeyRow,
  at: Temporal.Instant,
): void {
  const hash = key.hash.toString('hex')
  tx.defer(revokeKeyRow(by.tenantId, key.id, at))
  tx.defer(announceChange(hash))
  tx.afterCommit(() => principals.forget(hash))
}

async function findKey(tx: Tx, by: SessionPrincipal, id: string): Promise<KeyRow> {
  const uuid = parseId('apiKey', id)
  const [row] = uuid === undefined ? [] : await tx.query(lockKey(by.tenantId, uuid, tx.now))
  if (!row) throw new Refusal('api_key_not_found')
  return row
}

import { isoInstant, isoInstantOrNull } from '../../http/present.ts'
import type { Scope } from '../../http/scopes.ts'
import { publicId } from '../../ids.ts'
import type { ApiKey, CreatedApiKey } from './schema.ts'
import type { KeyRow } from './sql.ts'

export function presentKey(row: KeyRow): ApiKey {
  return {
    ...shownOf(row),
    prefix: row.prefix,
    last4: row.last4,
    lastUsedAt: isoInstantOrNull(row.last_used_at),
    createdBy: row.created_by === null ? null : publicId('member', row.created_by),
  }
}

export function presentCreatedKey(row: KeyRow, key: string): CreatedApiKey {
  return { ...shownOf(row), key }
}

function shownOf(row: KeyRow): Omit<CreatedApiKey, 'key'> {
  return {
    id: publicId('apiKey', row.id),
    name: row.name,
    // A check of the route's body held them to the list when they were stored.
    scopes: row.scopes as Scope[],
    environment: environmentName(row),
    allowedIps: row.allowed_ips,
    expiresAt: isoInstantOrNull(row.expires_at),
    createdAt: isoInstant(row.created_at),
  }
}

function environmentName(row: KeyRow): string {
  if (row.environment_kind === 'LIVE') return 'live'
  return row.environment_name === 'test' ? 'test' : publicId('environment', row.environment_id)
}

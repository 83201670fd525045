import {
  type RowOf,
  bytes,
  command,
  instant,
  nullable,
  oneOf,
  statement,
  text,
  textArray,
  uuid,
} from '../../db/statement.ts'

const keyColumns = {
  id: uuid,
  environment_id: uuid,
  environment_kind: oneOf('LIVE', 'TEST'),
  environment_name: text,
  name: text,
  prefix: text,
  last4: text,
  hash: bytes,
  scopes: textArray,
  allowed_ips: textArray,
  expires_at: nullable(instant),
  revoked_at: nullable(instant),
  last_used_at: nullable(instant),
  created_by: nullable(uuid),
  created_at: instant,
}
export type KeyRow = RowOf<typeof keyColumns>

const selectKey = `
  select k.id, k.environment_id, e.kind as environment_kind, e.name as environment_name, k.name, k.prefix, k.last4,
    k.hash, k.scopes, k.allowed_ips, k.expires_at, k.revoked_at, k.last_used_at, k.created_by, k.created_at
  from api_keys k
  join environments e on e.tenant_id = k.tenant_id and e.id = k.environment_id
  where k.tenant_id = $1::uuid`

/** Keys that work, or will until their expiry or the end of their overlap. */
export const keysOfTenant = statement(
  'keys.of_tenant',
  `${selectKey} and (k.revoked_at is null or k.revoked_at > $2::timestamptz) order by k.created_at, k.id`,
  keyColumns,
)
export const lockKey = statement(
  'keys.lock',
  `${selectKey} and k.id = $2::uuid and (k.revoked_at is null or k.revoked_at > $3::timestamptz) for update of k`,
  keyColumns,
)
export const insertKey = command(
  'keys.insert',
  `insert into api_keys (tenant_id, id, environment_id, name, prefix, last4, hash, scopes, allowed_ips, expires_at, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
)
export const revokeKeyRow = command(
  'keys.revoke',
  `update api_keys set revoked_at = $3 where tenant_id = $1::uuid and id = $2::uuid`,
)
/** Tells every node to forget what it remembers of a key. */
export const announceChange = command('keys.announce_change', `select pg_notify('nova_keys', $1)`)

export const findEnvironment = statement(
  'keys.find_environment',
  `select id, kind, name from environments
   where tenant_id = $1::uuid and (id = $2::uuid or (kind = 'LIVE' and $3 = 'live') or (kind = 'TEST' and name = 'test' and $3 = 'test'))`,
  { id: uuid, kind: oneOf('LIVE', 'TEST'), name: text },
)

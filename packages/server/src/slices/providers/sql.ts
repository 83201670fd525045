import {
  type RowOf,
  bigint,
  boolean,
  bytes,
  command,
  instant,
  integer,
  nullable,
  oneOf,
  statement,
  text,
  textArray,
  uuid,
} from '../../db/statement.ts'
import { providerNames } from './provider.ts'

export const accountColumns = {
  id: uuid,
  provider: oneOf(...providerNames),
  credentials_sealed: bytes,
  is_active: boolean,
  priority: integer,
  countries: textArray,
  currencies: textArray,
  last_notice_at: nullable(instant),
  refused_notices: bigint,
  last_refused_at: nullable(instant),
  last_refused_reason: nullable(text),
  created_at: instant,
  updated_at: instant,
}
export type AccountRow = RowOf<typeof accountColumns>

export const accountSelect = Object.keys(accountColumns).join(', ')

export const accountById = statement(
  'payment_providers.by_id',
  `select ${accountSelect} from payment_providers
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null`,
  accountColumns,
)

export const lockAccount = statement(
  'payment_providers.lock',
  `select ${accountSelect} from payment_providers
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null
   for no key update`,
  accountColumns,
)

/** In the order in which they are asked. */
export const activeAccounts = statement(
  'payment_providers.active',
  `select ${accountSelect} from payment_providers
   where environment_id = $1::uuid and is_active and archived_at is null
   order by priority, created_at, id`,
  accountColumns,
)

export const insertAccount = command(
  'payment_providers.insert',
  `insert into payment_providers
     (environment_id, id, provider, credentials_sealed, is_active, priority, countries, currencies, created_at, updated_at,
     disputes_due_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
)

export const saveAccount = command(
  'payment_providers.save',
  `update payment_providers
   set credentials_sealed = $3, is_active = $4, priority = $5, countries = $6, currencies = $7, updated_at = $8
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** What was paid through it can still be asked about and given back. */
export const archiveAccount = command(
  'payment_providers.archive',
  `update payment_providers set is_active = false, archived_at = $3, updated_at = $3
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** What credentials are sealed to: they open in this row only. */
export function credentialsPlace(environmentId: string, id: string): string {
  return `${environmentId}|payment_providers|${id}|credentials`
}

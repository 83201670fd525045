import {
  type RowOf,
  boolean,
  bytes,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import type { TenantSettings } from '../tenants/index.ts'

const writerColumns = {
  tenant_id: uuid,
  is_test: boolean,
  company_name: text,
  settings: json<TenantSettings>(),
  smtp_password_sealed: nullable(bytes),
  logo_type: nullable(oneOf('image/png', 'image/jpeg', 'image/svg+xml')),
  logo_bytes: nullable(bytes),
}
export type WriterRow = RowOf<typeof writerColumns>

/** Who writes the mails of an environment, and how. */
export const writerOf = statement(
  'mail.writer',
  `select t.id as tenant_id, v.kind = 'TEST' as is_test, t.company_name, t.settings, t.smtp_password_sealed,
     l.media_type as logo_type, l.bytes as logo_bytes
   from environments v
   join tenants t on t.id = v.tenant_id
   left join logos l on l.tenant_id = t.id and l.digest = t.logo_digest
   where v.id = $1::uuid`,
  writerColumns,
)

const readerColumns = {
  status: oneOf('ACTIVE', 'ARCHIVED'),
  email: nullable(text),
  name: nullable(text),
  locale: nullable(text),
  timezone: text,
}

/** Who a mail is for. */
export const customerToWrite = statement(
  'mail.customer',
  `select status, email, name, locale, timezone from customers where environment_id = $1::uuid and id = $2::uuid`,
  readerColumns,
)

/** A subscription on trial. */
export const trialOf = statement(
  'mail.trial',
  `select s.trial_end, s.cancel_at, s.canceled_at, s.timezone, p.name as plan
   from subscriptions s
   join plans p on p.environment_id = s.environment_id and p.id = s.plan_id
   where s.environment_id = $1::uuid and s.id = $2::uuid`,
  {
    trial_end: nullable(instant),
    cancel_at: nullable(instant),
    canceled_at: nullable(instant),
    timezone: text,
    plan: text,
  },
)

/** A payment method, also one that was taken away since. */
export const cardOf = statement(
  'mail.card',
  `select type, brand, last4, exp_month, exp_year, archived_at from payment_methods
   where environment_id = $1::uuid and id = $2::uuid`,
  {
    type: text,
    brand: nullable(text),
    last4: nullable(text),
    exp_month: nullable(integer),
    exp_year: nullable(integer),
    archived_at: nullable(instant),
  },
)

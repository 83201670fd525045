import {
  type RowOf,
  bigint,
  boolean,
  bytes,
  command,
  instant,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { providerNames } from '../providers/index.ts'

/** Asked as the worker: what comes in names nothing but the account. One that was taken away still hears of its payments. */
export const accountOfNotice = statement(
  'notices.account',
  `select a.id, a.environment_id, a.provider, a.credentials_sealed, e.tenant_id, e.kind = 'TEST' as is_test
   from payment_providers a
   join environments e on e.id = a.environment_id
   where a.id = $1::uuid`,
  {
    id: uuid,
    environment_id: uuid,
    provider: oneOf(...providerNames),
    credentials_sealed: bytes,
    tenant_id: uuid,
    is_test: boolean,
  },
)

export const countNotice = command(
  'notices.count',
  `update payment_providers set last_notice_at = $3 where environment_id = $1::uuid and id = $2::uuid`,
)

export const countRefused = command(
  'notices.count_refused',
  `update payment_providers
   set refused_notices = refused_notices + 1, last_refused_at = $3, last_refused_reason = $4
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** Payments of an account that are open are asked about now, in the time of their environment. $5: real time. */
export const askAboutPayments = statement(
  'notices.ask_about_payments',
  `update payments p
   set due_at = coalesce(e.clock_now, $5::timestamptz), provider_handle = coalesce(p.provider_handle, $4)
   from environments e
   where e.id = $1::uuid and p.environment_id = $1::uuid and p.provider_id = $2::uuid
     and (p.reference = $3 or p.provider_handle = $4) and p.status in ('PROCESSING', 'UNKNOWN')
   returning p.id`,
  { id: uuid },
)

export const askAboutRefunds = statement(
  'notices.ask_about_refunds',
  `update refunds r set due_at = coalesce(e.clock_now, $5::timestamptz)
   from environments e, payments p
   where e.id = $1::uuid and r.environment_id = $1::uuid and p.environment_id = $1::uuid and p.id = r.payment_id
     and p.provider_id = $2::uuid and (r.reference = $3 or r.provider_handle = $4)
     and r.status in ('PROCESSING', 'UNKNOWN')
   returning r.id`,
  { id: uuid },
)

/** What a provider says last of a charge or a refund stands. */
export const keepReport = command(
  'notices.keep_report',
  `insert into provider_reports (environment_id, provider_id, reference, report, received_at)
   values ($1, $2, $3, $4, $5)
   on conflict (environment_id, provider_id, reference) do update
   set report = excluded.report, received_at = excluded.received_at`,
)

const failedColumns = {
  id: uuid,
  invoice_id: uuid,
  customer_id: uuid,
  payment_method_id: nullable(uuid),
  token_sealed: nullable(bytes),
  amount_minor: bigint,
  currency: text,
  provider: text,
  reference: text,
  provider_handle: nullable(text),
  called_at: nullable(instant),
  clock_now: nullable(instant),
}
export type FailedPayment = RowOf<typeof failedColumns>

/** Payments of an account that had failed, and that a notice still speaks of; not where the money was booked since. */
export const failedPayments = statement(
  'notices.failed_payments',
  `select p.id, p.invoice_id, p.customer_id, p.payment_method_id, m.token_sealed, p.amount_minor, p.currency, p.provider,
     p.reference, p.provider_handle, p.called_at, e.clock_now
   from payments p
   join environments e on e.id = p.environment_id
   left join payment_methods m on m.environment_id = p.environment_id and m.id = p.payment_method_id
   where p.environment_id = $1::uuid and p.provider_id = $2::uuid and (p.reference = $3 or p.provider_handle = $4)
     and p.status = 'FAILED' and p.called_at is not null
     and not exists (
       select from payments l where l.environment_id = p.environment_id and l.reference = p.reference || '.late'
     )`,
  failedColumns,
)

/** The payment that money which came late was booked with. */
export const paymentByReference = statement(
  'notices.payment_by_reference',
  `select id from payments where environment_id = $1::uuid and reference = $2`,
  { id: uuid },
)

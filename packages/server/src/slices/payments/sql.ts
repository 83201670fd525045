import {
  type RowOf,
  bigint,
  command,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { providerNames } from '../providers/index.ts'

type StoredRefund = {
  id: string
  amountMinor: string
  status: 'PENDING' | 'PROCESSING' | 'UNKNOWN' | 'SUCCEEDED' | 'FAILED'
  reason: string | null
  failureReason: string | null
  createdAt: string
}

type StoredDispute = {
  id: string
  amountMinor: string
  status: 'OPEN' | 'WON' | 'LOST'
  reason: string | null
  createdAt: string
  updatedAt: string
}

const ownColumns = {
  id: uuid,
  invoice_id: uuid,
  customer_id: uuid,
  payment_method_id: nullable(uuid),
  amount_minor: bigint,
  currency: text,
  status: oneOf('PENDING', 'PROCESSING', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'REFUNDED'),
  provider: oneOf(...providerNames, 'MANUAL'),
  provider_id: nullable(uuid),
  method: nullable(text),
  reference: text,
  provider_transaction_id: nullable(text),
  failure_code: nullable(text),
  failure_reason: nullable(text),
  refunded_minor: bigint,
  refunding_minor: bigint,
  attempt: integer,
  created_at: instant,
}
/** A payment without its refunds: what is locked. */
export type LockedPayment = RowOf<typeof ownColumns>

export const paymentColumns = {
  ...ownColumns,
  refunds: json<StoredRefund[]>(),
  disputes: json<StoredDispute[]>(),
}
export type PaymentRow = RowOf<typeof paymentColumns>

const ownSelect = Object.keys(ownColumns).join(', ')

export const paymentSelect = `${ownSelect},
  (select coalesce(json_agg(json_build_object(
       'id', r.id, 'amountMinor', r.amount_minor::text, 'status', r.status, 'reason', r.reason,
       'failureReason', r.failure_reason, 'createdAt', r.created_at
     ) order by r.created_at, r.id), '[]')
   from refunds r
   where r.environment_id = payments.environment_id and r.payment_id = payments.id) as refunds,
  (select coalesce(json_agg(json_build_object(
       'id', d.id, 'amountMinor', d.amount_minor::text, 'status', d.status, 'reason', d.reason,
       'createdAt', d.created_at, 'updatedAt', d.updated_at
     ) order by d.created_at, d.id), '[]')
   from payment_disputes d
   where d.environment_id = payments.environment_id and d.payment_id = payments.id) as disputes`

export const paymentsByIds = statement(
  'payments.by_ids',
  `select ${paymentSelect} from payments where environment_id = $1::uuid and id = any ($2::uuid[]) order by id`,
  paymentColumns,
)

/** Without the refunds: a subquery would still show them as they were before the wait for the lock. */
export const lockPayments = statement(
  'payments.lock',
  `select ${ownSelect} from payments
   where environment_id = $1::uuid and id = any ($2::uuid[])
   order by id
   for update`,
  ownColumns,
)

/**
 * Intended payments, of any number of environments. Each takes the method that is named, if it is still there,
 * else the customer's default; without one there is no payment.
 */
export const insertIntents = command(
  'payments.insert_intents',
  `insert into payments (environment_id, id, invoice_id, customer_id, payment_method_id, amount_minor, currency, status,
     provider, provider_id, reference, due_at, on_test_clock, created_at, updated_at)
   select u.environment_id, u.id, u.invoice_id, u.customer_id, m.id, u.amount_minor, u.currency, 'PENDING',
     m.provider, m.provider_id, u.reference, u.at, e.clock_now is not null, u.at, u.at
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[], $8::text[],
       $9::timestamptz[])
     as u (environment_id, id, invoice_id, customer_id, payment_method_id, amount_minor, currency, reference, at)
   join environments e on e.id = u.environment_id
   cross join lateral (
     select m.id, m.provider, m.provider_id
     from payment_methods m
     where m.environment_id = u.environment_id and m.customer_id = u.customer_id and m.archived_at is null
       and (m.id = u.payment_method_id or m.is_default)
     order by m.id is not distinct from u.payment_method_id desc
     limit 1
   ) m`,
)

export const insertReceived = command(
  'payments.insert_received',
  `insert into payments (environment_id, id, invoice_id, customer_id, amount_minor, currency, status, provider, method,
     reference, provider_transaction_id, on_test_clock, created_at, updated_at)
   select e.id, $2, $3, $4, $5, $6, 'SUCCEEDED', 'MANUAL', $7, $8, $9, e.clock_now is not null, $10, $10
   from environments e
   where e.id = $1::uuid`,
)

export const openPayments = statement(
  'payments.open',
  `select ${ownSelect} from payments
   where environment_id = $1::uuid and invoice_id = any ($2::uuid[]) and status in ('PENDING', 'PROCESSING', 'UNKNOWN')
   order by id
   for update`,
  ownColumns,
)

/** Writes outcomes down; a lease ends with it. */
export const savePayments = command(
  'payments.save',
  `update payments p
   set status = u.status, provider_transaction_id = u.provider_transaction_id, failure_code = u.failure_code,
     failure_reason = u.failure_reason, due_at = u.due_at, lease_until = null, updated_at = $8,
     provider_handle = coalesce(u.handle, p.provider_handle)
   from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $9::text[])
     as u (id, status, provider_transaction_id, failure_code, failure_reason, due_at, handle)
   where p.environment_id = $1::uuid and p.id = u.id`,
)

import {
  type RowOf,
  bigint,
  boolean,
  bytes,
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
import type { Report } from '../providers/index.ts'

export const insertRefund = command(
  'refunds.insert',
  `insert into refunds (environment_id, id, payment_id, amount_minor, status, reason, reference, due_at, lease_until,
     credit_note_id, on_test_clock, created_at, updated_at)
   select e.id, $2, $3, $4, 'PENDING', $5, $6, $7, $8, $9, e.clock_now is not null, $7, $7
   from environments e
   where e.id = $1::uuid`,
)

/** Payments of these invoices that brought money, the latest first. */
export const receivedOfInvoices = statement(
  'refunds.received_of_invoices',
  `select id, invoice_id, status, amount_minor, refunded_minor, refunding_minor from payments
   where environment_id = $1::uuid and invoice_id = any ($2::uuid[]) and status in ('SUCCEEDED', 'REFUNDED')
   order by id desc
   for update`,
  {
    id: uuid,
    invoice_id: uuid,
    status: oneOf('SUCCEEDED', 'REFUNDED'),
    amount_minor: bigint,
    refunded_minor: bigint,
    refunding_minor: bigint,
  },
)

/**
 * What has been given back of each of these invoices: by credit notes, what of that went back as money already, and
 * other refunds that are under way.
 */
export const givenBackOfInvoices = statement(
  'refunds.given_back_of_invoices',
  `select i.id as invoice_id,
     (select coalesce(sum(n.total_minor), 0)::bigint from credit_notes n
      where n.environment_id = i.environment_id and n.invoice_id = i.id and n.status = 'FINALIZED') as noted_minor,
     coalesce(r.credited_minor, 0) as credited_minor, coalesce(r.pending_minor, 0) as pending_minor
   from invoices i
   left join lateral (
     select sum(r.amount_minor) filter (where r.credit_note_id is not null and r.status = 'SUCCEEDED')::bigint as credited_minor,
       sum(r.amount_minor) filter (where r.credit_note_id is null and r.status not in ('SUCCEEDED', 'FAILED'))::bigint as pending_minor
     from payments p
     join refunds r on r.environment_id = p.environment_id and r.payment_id = p.id
     where p.environment_id = i.environment_id and p.invoice_id = i.id
   ) r on true
   where i.environment_id = $1::uuid and i.id = any ($2::uuid[])`,
  { invoice_id: uuid, noted_minor: bigint, credited_minor: bigint, pending_minor: bigint },
)

/** Sets money aside for refunds under way: the check on the payment holds them to what was paid. */
export const reserveRefund = command(
  'refunds.reserve',
  `update payments set refunding_minor = refunding_minor + $3::bigint, updated_at = $4
   where environment_id = $1::uuid and id = $2::uuid`,
)

const claimedColumns = {
  tenant_id: uuid,
  environment_id: uuid,
  is_test: boolean,
  clock_now: nullable(instant),
  id: uuid,
  payment_id: uuid,
  invoice_id: uuid,
  customer_id: uuid,
  credit_note_id: nullable(uuid),
  amount_minor: bigint,
  currency: text,
  provider: text,
  provider_id: nullable(uuid),
  credentials_sealed: nullable(bytes),
  provider_handle: nullable(text),
  reference: text,
  charge_reference: text,
  charge_transaction_id: nullable(text),
  was: oneOf('PENDING', 'PROCESSING', 'UNKNOWN'),
  attempt: integer,
  called_at: nullable(instant),
  report: nullable(json<Report>()),
  charge_report: nullable(json<Report>()),
}
export type ClaimedRefund = RowOf<typeof claimedColumns>

/** Takes the rows that `due` finds: counts the attempt before anything is done, and leases them. $1: now, $2: the lease's end. */
const claim = (due: string): string => `
  with due as (${due})
  update refunds r
  set attempt = r.attempt + 1, lease_until = $2, updated_at = r.updated_at,
    status = case r.status when 'PENDING' then 'PROCESSING' else r.status end,
    called_at = case r.status when 'PENDING' then $1 else r.called_at end
  from due, environments e, payments p
    left join payment_providers a on a.environment_id = p.environment_id and a.id = p.provider_id
  where r.environment_id = due.environment_id and r.id = due.id
    and p.environment_id = r.environment_id and p.id = r.payment_id
    and e.id = r.environment_id
  returning e.tenant_id, r.environment_id, e.kind = 'TEST' as is_test, e.clock_now, r.id, r.payment_id, p.invoice_id,
    p.customer_id, r.credit_note_id, r.amount_minor, p.currency, p.provider, r.reference, p.reference as charge_reference,
    p.provider_transaction_id as charge_transaction_id, due.was, r.attempt, r.called_at,
    p.provider_id, a.credentials_sealed, r.provider_handle,
    (select t.report from provider_reports t
     where t.environment_id = r.environment_id and t.provider_id = p.provider_id and t.reference = r.reference) as report,
    (select t.report from provider_reports t
     where t.environment_id = r.environment_id and t.provider_id = p.provider_id
       and t.reference = regexp_replace(p.reference, '\\.late$', '')) as charge_report`

/** Over all environments on real time. $3: how many. */
export const claimRefunds = statement(
  'refunds.claim',
  claim(`
    select environment_id, id, status as was from refunds
    where due_at <= $1::timestamptz and not on_test_clock and (lease_until is null or lease_until <= $1::timestamptz)
    order by due_at
    limit $3::integer
    for update skip locked`),
  claimedColumns,
)

/** Over all environments whose clocks stand still. $3: how many. */
export const claimRefundsOnTestClocks = statement(
  'refunds.claim_on_test_clocks',
  claim(`
    select r.environment_id, r.id, r.status as was
    from refunds r
    join environments e on e.id = r.environment_id and e.clock_status <> 'RUNNING'
    where r.due_at <= e.clock_now and r.on_test_clock and (r.lease_until is null or r.lease_until <= $1::timestamptz)
    order by r.environment_id, r.due_at
    limit $3::integer
    for update of r skip locked`),
  claimedColumns,
)

/** In one environment, what is due up to $4. $3: the environment. */
export const claimRefundsInEnvironment = statement(
  'refunds.claim_in_environment',
  claim(`
    select environment_id, id, status as was from refunds
    where environment_id = $3::uuid and due_at <= $4::timestamptz and on_test_clock
      and (lease_until is null or lease_until <= $1::timestamptz)
    order by due_at
    limit 200
    for update skip locked`),
  claimedColumns,
)

/** One that nobody has taken up since it was written, or whose lease is over. $3: the environment, $4: the refund. */
export const claimRefund = statement(
  'refunds.claim_one',
  claim(`
    select environment_id, id, status as was from refunds
    where environment_id = $3::uuid and id = $4::uuid and due_at is not null
      and (attempt = 0 or lease_until is null or lease_until <= $1::timestamptz)
    for update skip locked`),
  claimedColumns,
)

const refundColumns = {
  id: uuid,
  payment_id: uuid,
  status: oneOf('PENDING', 'PROCESSING', 'UNKNOWN', 'SUCCEEDED', 'FAILED'),
  attempt: integer,
}

export const lockRefunds = statement(
  'refunds.lock',
  `select id, payment_id, status, attempt from refunds
   where environment_id = $1::uuid and id = any ($2::uuid[])
   order by id
   for update`,
  refundColumns,
)

export const refundById = statement(
  'refunds.by_id',
  `select id, payment_id, status, attempt from refunds where environment_id = $1::uuid and id = $2::uuid`,
  refundColumns,
)

export const saveRefunds = command(
  'refunds.save',
  `update refunds r
   set status = u.status, failure_code = u.failure_code, failure_reason = u.failure_reason, due_at = u.due_at,
     lease_until = null, updated_at = $7, provider_handle = coalesce(u.handle, r.provider_handle)
   from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $8::text[])
     as u (id, status, failure_code, failure_reason, due_at, handle)
   where r.environment_id = $1::uuid and r.id = u.id`,
)

/** Ends what was set aside: given back, or not. One row a payment. */
export const settleReserved = command(
  'refunds.settle_reserved',
  `update payments p
   set refunded_minor = p.refunded_minor + u.refunded_minor,
     refunding_minor = p.refunding_minor - u.ended_minor,
     status = case when p.refunded_minor + u.refunded_minor = p.amount_minor then 'REFUNDED' else p.status end,
     updated_at = $5
   from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as u (id, refunded_minor, ended_minor)
   where p.environment_id = $1::uuid and p.id = u.id`,
)

/** What an invoice has got of its money goes down by what went back; its status stays. One row an invoice. */
export const takeFromInvoices = command(
  'refunds.take_from_invoices',
  `update invoices i set paid_minor = i.paid_minor - u.minor, updated_at = $4
   from unnest($2::uuid[], $3::bigint[]) as u (id, minor)
   where i.environment_id = $1::uuid and i.id = u.id`,
)

export const takeFromCustomers = command(
  'refunds.take_from_customers',
  `update customers c set total_spent_minor = c.total_spent_minor - u.minor
   from (
     select i.customer_id, i.currency, sum(t.minor)::bigint as minor
     from unnest($2::uuid[], $3::bigint[]) as t (invoice_id, minor)
     join invoices i on i.environment_id = $1::uuid and i.id = t.invoice_id
     group by i.customer_id, i.currency
   ) u
   where c.environment_id = $1::uuid and c.id = u.customer_id and c.currency = u.currency`,
)

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
  uuid,
} from '../../db/statement.ts'

const claimedColumns = {
  tenant_id: uuid,
  environment_id: uuid,
  is_test: boolean,
  clock_now: nullable(instant),
  id: uuid,
  invoice_id: uuid,
  subscription_id: nullable(uuid),
  customer_id: uuid,
  payment_method_id: nullable(uuid),
  token_sealed: nullable(bytes),
  method_removed: boolean,
  method_type: nullable(text),
  amount_minor: bigint,
  currency: text,
  provider: text,
  provider_id: nullable(uuid),
  credentials_sealed: nullable(bytes),
  provider_active: boolean,
  provider_handle: nullable(text),
  payer_email: nullable(text),
  payer_name: nullable(text),
  payer_country: nullable(text),
  reference: text,
  was: oneOf('PENDING', 'PROCESSING', 'UNKNOWN'),
  attempt: integer,
  called_at: nullable(instant),
}
export type ClaimedPayment = RowOf<typeof claimedColumns>

/**
 * Takes the rows that `due` finds: counts the attempt before anything is done, and leases them. What was PENDING
 * is marked as sent before it is sent, so that after a crash it is asked about and not charged again.
 * $1: now, $2: the lease's end.
 */
const claim = (due: string): string => `
  with due as (${due})
  update payments p
  set attempt = p.attempt + 1, lease_until = $2,
    status = case p.status when 'PENDING' then 'PROCESSING' else p.status end,
    called_at = case p.status when 'PENDING' then $1 else p.called_at end
  from due
    join environments e on e.id = due.environment_id
    join invoices i on i.environment_id = due.environment_id and i.id = due.invoice_id
    join customers c on c.environment_id = due.environment_id and c.id = due.customer_id
    left join payment_methods m on m.environment_id = due.environment_id and m.id = due.payment_method_id
    left join payment_providers a on a.environment_id = due.environment_id and a.id = due.provider_id
  where p.environment_id = due.environment_id and p.id = due.id
  returning e.tenant_id, p.environment_id, e.kind = 'TEST' as is_test, e.clock_now, p.id, p.invoice_id,
    i.subscription_id, p.customer_id, p.payment_method_id, m.token_sealed,
    m.archived_at is not null as method_removed, m.type as method_type, p.amount_minor, p.currency, p.provider, p.reference, due.was,
    p.attempt, p.called_at, p.provider_id, a.credentials_sealed, a.is_active is not false as provider_active,
    p.provider_handle, c.email as payer_email, c.name as payer_name, c.country as payer_country`

const dueColumns =
  'p.environment_id, p.id, p.invoice_id, p.customer_id, p.payment_method_id, p.provider_id, p.status as was'
const free = '(p.lease_until is null or p.lease_until <= $1::timestamptz)'

/** Over all environments on real time. $3: how many. */
export const claimPayments = statement(
  'collection.claim',
  claim(`
    select ${dueColumns} from payments p
    where p.due_at <= $1::timestamptz and not p.on_test_clock and ${free}
    order by p.due_at
    limit $3::integer
    for update skip locked`),
  claimedColumns,
)

/** Over all environments whose clocks stand still. $3: how many. */
export const claimPaymentsOnTestClocks = statement(
  'collection.claim_on_test_clocks',
  claim(`
    select ${dueColumns}
    from payments p
    join environments c on c.id = p.environment_id and c.clock_status <> 'RUNNING'
    where p.due_at <= c.clock_now and p.on_test_clock and ${free}
    order by p.environment_id, p.due_at
    limit $3::integer
    for update of p skip locked`),
  claimedColumns,
)

/** In one environment, what is due up to $4. $3: the environment. */
export const claimPaymentsInEnvironment = statement(
  'collection.claim_in_environment',
  claim(`
    select ${dueColumns} from payments p
    where p.environment_id = $3::uuid and p.due_at <= $4::timestamptz and p.on_test_clock and ${free}
    order by p.due_at
    limit 200
    for update skip locked`),
  claimedColumns,
)

/** Whether somebody else is at work on what is due up to $2. */
export const isBusy = statement(
  'collection.is_busy',
  `select
     exists (
       select from payments p where p.environment_id = $1::uuid and p.due_at <= $2::timestamptz and p.on_test_clock
     )
     or exists (
       select from refunds r where r.environment_id = $1::uuid and r.due_at <= $2::timestamptz and r.on_test_clock
     )
     as busy`,
  { busy: boolean },
)

export const subscriptionOfInvoice = statement(
  'collection.subscription_of_invoice',
  `select i.id, i.subscription_id, s.payment_method_id
   from invoices i
   left join subscriptions s on s.environment_id = i.environment_id and s.id = i.subscription_id
   where i.environment_id = $1::uuid and i.id = $2::uuid`,
  { id: uuid, subscription_id: nullable(uuid), payment_method_id: nullable(uuid) },
)

/** Commits something, however small, so that all that was committed before is on the disk, however it was. */
export const bringToDisk = command(
  'collection.bring_to_disk',
  `select pg_logical_emit_message(true, 'novabilling', '')`,
)

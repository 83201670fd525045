import {
  boolean,
  bigint,
  command,
  day,
  instant,
  json,
  nullable,
  statement,
  text,
  transactionId,
  uuid,
} from '../../db/statement.ts'
import type { TenantSettings } from '../tenants/index.ts'

/** Up to where streams can be read; as long as it stands still there is nothing new in them. */
export const mailHorizon = statement(
  'mail.horizon',
  `select pg_snapshot_xmin(pg_current_snapshot()) as horizon`,
  { horizon: transactionId },
)

/** Begins to read the streams of environments that were made since. */
export const beginReading = command(
  'mail.begin_reading',
  `insert into mail_readers (environment_id, read_transaction, read_event_id)
   select v.id, '0', '00000000-0000-0000-0000-000000000000'
   from environments v
   where not exists (select from mail_readers r where r.environment_id = v.id)
     and exists (select from events e where e.environment_id = v.id)
   on conflict (environment_id) do nothing`,
)

/**
 * What is to be told of the next events of some environments, in the order of their streams, and the last event of each
 * that was read, whether or not it is told of. The readers stay locked; one that somebody else holds is left to him.
 * $1: how many environments, $2: how many events of each, $3: the events that are told of.
 */
export const unreadFacts = statement(
  'mail.unread_facts',
  `with behind as (
     select r.environment_id
     from mail_readers r
     where exists (
       select from events e
       where e.environment_id = r.environment_id and (e.transaction, e.id) > (r.read_transaction, r.read_event_id)
         and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
     )
     order by r.read_transaction
     limit $1::integer
   ), readers as (
     select r.environment_id, r.read_transaction, r.read_event_id
     from mail_readers r
     join behind using (environment_id)
     for update of r skip locked
   ), read as (
     select r.environment_id, e.id, e.transaction, e.type, e.resource_id, e.occurred_at,
       row_number() over (partition by r.environment_id order by e.transaction desc, e.id desc) = 1 as is_last
     from readers r
     cross join lateral (
       select e.id, e.transaction, e.type, e.resource_id, e.occurred_at
       from events e
       where e.environment_id = r.environment_id and (e.transaction, e.id) > (r.read_transaction, r.read_event_id)
         and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
       order by e.transaction, e.id
       limit $2::integer
     ) e
   )
   select e.environment_id, e.id as event_id, e.transaction, e.type, e.resource_id, e.occurred_at, e.is_last,
     v.kind = 'TEST' as is_test, v.clock_now is not null as on_clock, t.settings->'emails' as emails,
     t.settings->'smtp' is not null as has_smtp,
     coalesce(i.customer_id, p.customer_id, s.customer_id, n.customer_id) as customer_id, i.total_minor, i.due_date,
     i.bill_to->>'timezone' as timezone, p.failure_code, p.invoice_id as retried_invoice_id,
     case when m.type = 'MOBILE_MONEY' then d.started_at end as prompted_from, c.timezone as customer_timezone,
     t.settings->'dunning' as dunning
   from read e
   join environments v on v.id = e.environment_id
   join tenants t on t.id = v.tenant_id
   left join invoices i on e.type like 'invoice.%' and i.environment_id = e.environment_id and i.id = e.resource_id
   left join payments p on e.type like 'payment.%' and p.environment_id = e.environment_id and p.id = e.resource_id
   left join payment_methods m on m.environment_id = p.environment_id and m.id = p.payment_method_id
     and m.archived_at is null and e.type = 'payment.failed'
   left join dunnings d on m.id is not null and d.environment_id = p.environment_id and d.invoice_id = p.invoice_id
   left join customers c on m.id is not null and c.environment_id = p.environment_id and c.id = p.customer_id
   left join subscriptions s
     on e.type like 'subscription.%' and s.environment_id = e.environment_id and s.id = e.resource_id
   left join credit_notes n
     on e.type like 'credit_note.%' and n.environment_id = e.environment_id and n.id = e.resource_id
   where e.is_last or e.type = any($3::text[])
   order by e.environment_id, e.transaction, e.id`,
  {
    environment_id: uuid,
    event_id: uuid,
    transaction: transactionId,
    type: text,
    resource_id: uuid,
    occurred_at: instant,
    is_last: boolean,
    is_test: boolean,
    on_clock: boolean,
    emails: nullable(json<NonNullable<TenantSettings['emails']>>()),
    has_smtp: boolean,
    customer_id: nullable(uuid),
    total_minor: nullable(bigint),
    due_date: nullable(day),
    timezone: nullable(text),
    failure_code: nullable(text),
    retried_invoice_id: nullable(uuid),
    /** When the retries of an invoice began that asks for its money on a phone. */
    prompted_from: nullable(instant),
    customer_timezone: nullable(text),
    dunning: nullable(json<NonNullable<TenantSettings['dunning']>>()),
  },
)

/** Each occasion makes one mail of a kind, however often it is planned. */
export const insertMails = command(
  'mail.insert_customer_mails',
  `insert into customer_mails (environment_id, id, kind, occasion, customer_id, subject_id, status, is_asked, recipient,
     is_test, due_at, occurred_at, created_at)
   select u.environment_id, u.id, u.kind, u.occasion, u.customer_id, u.subject_id, 'PENDING', u.is_asked, u.recipient,
     u.is_test, u.due_at, u.occurred_at, $12
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::boolean[], $8::text[],
     $9::boolean[], $10::timestamptz[], $11::timestamptz[])
     as u (environment_id, id, kind, occasion, customer_id, subject_id, is_asked, recipient, is_test, due_at, occurred_at)
   on conflict (environment_id, kind, occasion) do nothing`,
)

export const advanceReaders = command(
  'mail.advance_readers',
  `update mail_readers r
   set read_transaction = u.transaction, read_event_id = u.event_id
   from unnest($1::uuid[], $2::xid8[], $3::uuid[]) as u (environment_id, transaction, event_id)
   where r.environment_id = u.environment_id`,
)

/** The addresses of customers that are erased go with their profile, and so does what was written to them. */
export const eraseMails = command(
  'mail.erase',
  `update customer_mails m
   set recipient = null, letter = null, status = case when m.status = 'PENDING' then 'SKIPPED' else m.status end,
     due_at = null, again_at = null
   from unnest($1::uuid[], $2::uuid[]) as u (environment_id, customer_id)
   where m.environment_id = u.environment_id and m.customer_id = u.customer_id`,
)

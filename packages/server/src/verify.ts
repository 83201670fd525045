import { amountInvariants } from './amount-invariants.ts'
import { creditInvariants } from './credit-invariants.ts'
import type { Pool } from './db/pool.ts'
import { type Invariant, invariant } from './invariant.ts'
import { mailInvariants } from './mail-invariants.ts'
import { webhookInvariants } from './webhook-invariants.ts'
import { providerInvariants } from './provider-invariants.ts'
import { chargeInvariants } from './charge-invariants.ts'
import { usageInvariants } from './usage-invariants.ts'

/** A row that breaks a promise: where it is, which one, and what is wrong with it. */
export type Breach = { readonly environmentId: string | null; readonly row: string; readonly fault: string }

/** What has to hold at every moment. Each is one statement, so it sees one snapshot of a database at work. */
export const invariants: readonly Invariant[] = [
  invariant(
    'worths_are_kept',
    'what a subscription was last known to be worth is what it is worth',
    `select s.environment_id, 'subscription ' || s.id as place,
       'is known to be worth ' || coalesce(w.period_minor::text, 'nothing') || ' a period, and pays ' || p.amount_minor * s.quantity as fault
     from subscriptions s
     join prices p on p.environment_id = s.environment_id and p.id = s.price_id
     left join lateral (
       select period_minor, runs from subscription_worths w
       where w.environment_id = s.environment_id and w.subscription_id = s.id
       order by at desc limit 1
     ) w on true
     where (s.status in ('ACTIVE', 'PAST_DUE')) <> coalesce(w.runs, false)
       or (w.runs and w.period_minor <> p.amount_minor * s.quantity)`,
  ),
  invariant(
    'ledger_balances',
    'every ledger transaction sums to zero in each currency',
    `select environment_id, 'ledger transaction ' || transaction_id as place,
       'is off by ' || sum(amount_minor) || ' ' || currency as fault
     from ledger_entries
     group by environment_id, transaction_id, currency
     having sum(amount_minor) <> 0`,
  ),
  invariant(
    'logos_are_kept',
    'the logo of every issued document is kept, and is what its digest says',
    `select d.environment_id, d.place, 'has no such logo any more: ' || d.digest as fault
     from (
       select environment_id, 'invoice ' || number as place, issuer->>'logo' as digest
       from invoices
       where status <> 'DRAFT' and issuer->>'logo' is not null
       union all
       select environment_id, 'credit note ' || number, issuer->>'logo'
       from credit_notes
       where issuer->>'logo' is not null
     ) d
     join environments e on e.id = d.environment_id
     left join logos l on l.tenant_id = e.tenant_id and l.digest = d.digest
     where l.digest is distinct from encode(sha256(l.bytes), 'hex') or l.digest is null`,
  ),
  ...chargeInvariants,
  invariant(
    'issued_is_booked',
    'every issued invoice is booked with its total, once',
    `select i.environment_id, 'invoice ' || i.number as place,
       'is booked with ' || coalesce(b.minor, 0) || ' of ' || i.total_minor as fault
     from invoices i
     left join (
       select environment_id, document_id, sum(amount_minor) as minor
       from ledger_entries
       where account = 'receivable' and document_kind = 'INVOICE'
       group by environment_id, document_id
     ) b on b.environment_id = i.environment_id and b.document_id = i.id
     where i.status <> 'DRAFT' and coalesce(b.minor, 0) <> i.total_minor`,
  ),
  invariant(
    'receivable_is_open',
    'what the ledger has to receive is what is due on open invoices',
    `select environment_id, 'account receivable in ' || currency as place,
       'holds ' || sum(booked) || ' while ' || sum(due) || ' is due' as fault
     from (
       select environment_id, currency, amount_minor as booked, 0 as due
       from ledger_entries
       where account = 'receivable'
       union all
       select environment_id, currency, 0, total_minor - paid_minor - credited_minor
       from invoices
       where status in ('PENDING', 'FAILED')
     ) sides
     group by environment_id, currency
     having sum(booked) <> sum(due)`,
  ),
  invariant(
    'given_up_is_bad_debt',
    'what the ledger carries as bad debt is what was owed on invoices given up',
    `select environment_id, 'account bad_debt in ' || currency as place,
       'holds ' || sum(booked) || ' while ' || sum(owed) || ' was given up' as fault
     from (
       select environment_id, currency, amount_minor as booked, 0 as owed
       from ledger_entries
       where account = 'bad_debt'
       union all
       select environment_id, currency, 0, total_minor - paid_minor - credited_minor
       from invoices
       where status = 'UNCOLLECTIBLE'
     ) sides
     group by environment_id, currency
     having sum(booked) <> sum(owed)`,
  ),
  invariant(
    'deferred_is_unearned',
    'what the ledger holds as deferred revenue is what was charged in advance and is not yet earned',
    `select environment_id, 'account deferred_revenue in ' || currency as place,
       'holds ' || sum(booked) || ' while ' || sum(unearned) || ' is not yet earned' as fault
     from (
       select environment_id, currency, -amount_minor as booked, 0::numeric as unearned
       from ledger_entries
       where account = 'deferred_revenue'
       union all
       select environment_id, currency, 0, case when l.is_void then 0 else l.net_minor end
         - case when over < l.first_day then 0
             when over >= l.last_day then l.net_minor
             else div(l.net_minor::numeric * (over - l.first_day + 1), l.last_day - l.first_day + 1) end
       from (
         select l.environment_id, i.currency, l.amount_minor - l.discount_minor as net_minor,
           -- a void is booked at once, and what was recognised of it is taken back with the next day
           i.status = 'VOID' as is_void,
           (coalesce(l.period_start, i.issued_at) at time zone z.zone)::date as first_day,
           (coalesce(l.period_end, i.issued_at) at time zone z.zone - interval '1 millisecond')::date as last_day,
           case when l.deferral = 'NEW' then '-infinity'::date
             else ((c.closed_through + 1)::timestamp at time zone t.timezone at time zone z.zone)::date - 1 end as over
         from invoice_lines l
         join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
         join recognition_clocks c on c.environment_id = l.environment_id
         join environments e on e.id = l.environment_id
         join tenants t on t.id = e.tenant_id
         cross join lateral (select coalesce(l.derivation->>'zone', i.bill_to->>'timezone') as zone) z
         where l.deferral is not null and i.status <> 'DRAFT' and (i.status <> 'VOID' or not i.deferral_undone)
       ) l
       union all
       select environment_id, currency, 0, case when is_void then 0 else net_minor end
         - case when over < first_day then 0
             when over >= last_day then net_minor
             else div(net_minor::numeric * (over - first_day + 1), last_day - first_day + 1) end
       from (
         select l.environment_id, n.currency, l.discount_minor - l.amount_minor as net_minor, n.status = 'VOIDED' as is_void,
           (l.period_start at time zone l.zone)::date as first_day,
           greatest((l.period_start at time zone l.zone)::date,
             (l.period_end at time zone l.zone - interval '1 millisecond')::date) as last_day,
           case when l.deferral = 'NEW' then '-infinity'::date
             else ((c.closed_through + 1)::timestamp at time zone t.timezone at time zone l.zone)::date - 1 end as over
         from credit_note_lines l
         join credit_notes n on n.environment_id = l.environment_id and n.id = l.credit_note_id
         join recognition_clocks c on c.environment_id = l.environment_id
         join environments e on e.id = l.environment_id
         join tenants t on t.id = e.tenant_id
         where l.deferral is not null and (n.status <> 'VOIDED' or not n.deferral_undone)
       ) notes
       union all
       select environment_id, kept.key, 0, kept.value::numeric
       from recognition_clocks
       cross join lateral jsonb_each_text(carried) kept
     ) sides
     group by environment_id, currency
     having sum(booked) <> sum(unearned)`,
  ),
  invariant(
    'revenue_is_recognised_once',
    'what was recognised of every day is booked once',
    `select coalesce(d.environment_id, e.environment_id) as environment_id,
       'revenue of ' || coalesce(d.day::text, 'an unknown day') as place,
       'is ' || coalesce(d.amount_minor, 0) || ' and booked with ' || coalesce(e.minor, 0) as fault
     from revenue_days d
     full join (
       select environment_id, document_id, -sum(amount_minor) as minor
       from ledger_entries
       where account = 'revenue' and document_kind = 'RECOGNITION'
       group by environment_id, document_id
     ) e on e.environment_id = d.environment_id and e.document_id = d.id
     where d.amount_minor is distinct from e.minor`,
  ),
  invariant(
    'lines_sum',
    'the lines of every invoice sum to its subtotal',
    `select i.environment_id, 'invoice ' || coalesce(i.number, i.id::text) as place,
       'has lines over ' || coalesce(l.minor, 0) || ' and a subtotal of ' || i.subtotal_minor as fault
     from invoices i
     left join (
       select environment_id, invoice_id, sum(amount_minor) as minor
       from invoice_lines
       group by environment_id, invoice_id
     ) l on l.environment_id = i.environment_id and l.invoice_id = i.id
     where coalesce(l.minor, 0) <> i.subtotal_minor`,
  ),
  invariant(
    'periods_follow',
    'the periods of every subscription follow one another without gap or overlap',
    `select environment_id, 'subscription ' || subscription_id as place,
       'has a period from ' || period_start || ' after one that ends ' || previous_end as fault
     from (
       select environment_id, subscription_id, kind, period_start,
         lag(period_end) over (partition by environment_id, subscription_id order by period_start, id) as previous_end
       from invoices
       -- the drafts of a customer that is erased go with it
       where kind in ('CYCLE', 'RESTART') and exists (
         select from customers c
         where c.environment_id = invoices.environment_id and c.id = invoices.customer_id and c.status = 'ACTIVE')
     ) periods
     where kind = 'CYCLE' and previous_end <> period_start`,
  ),
  invariant(
    'period_is_billed',
    'the current period of every subscription is the last one that was invoiced',
    `select s.environment_id, 'subscription ' || s.id as place,
       'is billed up to ' || coalesce(i.billed_to::text, 'nothing') || ' and stands in a period up to '
         || coalesce(s.current_period_end::text, 'none') as fault
     from subscriptions s
     left join (
       select distinct on (environment_id, subscription_id) environment_id, subscription_id, period_end as billed_to
       from invoices
       where kind in ('CYCLE', 'RESTART')
       order by environment_id, subscription_id, period_start desc, id desc
     ) i on i.environment_id = s.environment_id and i.subscription_id = s.id
     join customers c on c.environment_id = s.environment_id and c.id = s.customer_id and c.status = 'ACTIVE'
     -- a period that is charged in arrears is invoiced when it is over
     where case s.arrears->>'kind'
       when 'CYCLE' then coalesce(i.billed_to, s.billed_elsewhere_to)
         is distinct from case when s.period_index > 0 or s.billed_elsewhere_to is not null then s.current_period_start end
       when 'RESTART' then false
       else coalesce(i.billed_to, s.billed_elsewhere_to) is distinct from s.current_period_end end`,
  ),
  invariant(
    'arrears_are_invoiced',
    'what is charged in arrears is looked at when its period is over',
    `select environment_id, 'subscription ' || id as place,
       'has to pay for a period up to ' || (arrears->>'at') || ' and is due at ' || coalesce(due_at::text, 'no time') as fault
     from subscriptions
     where status <> 'CANCELED' and (arrears->'open' <> 'null' or arrears->'parts' <> '[]')
       and (due_at is null or due_at > (arrears->>'at')::timestamptz)`,
  ),
  invariant(
    'held_are_issued',
    'every draft of a period has a time to be issued at, and nothing else has',
    `select environment_id, 'invoice ' || coalesce(number, id::text) as place,
       'is ' || status || ' and to be issued at ' || coalesce(finalize_at::text, 'no time') as fault
     from invoices
     where (status = 'DRAFT' and kind <> 'MANUAL') <> (finalize_at is not null)`,
  ),
  invariant(
    'trials_are_told',
    'the end of every trial will be told of, or has been',
    `select s.environment_id, 'subscription ' || s.id as place, 'is on trial, of whose end nobody is told' as fault
     from subscriptions s
     where s.status = 'TRIALING' and s.trial_notice_at is null
       and not exists (
         select from events e
         where e.environment_id = s.environment_id and e.resource_id = s.id and e.type = 'subscription.trial_ending')`,
  ),
  invariant(
    'numbers_have_no_gap',
    'invoice numbers of every environment and year count from 1 without a gap',
    `select environment_id, 'numbers of ' || year as place,
       'are ' || count(distinct serial) || ', the highest is ' || max(serial) || ' and the counter stands at '
         || max(last) as fault
     from (
       select environment_id, substring(number from '-(\\d{4})-\\d+$')::integer as year,
         substring(number from '-(\\d+)$')::bigint as serial, null::bigint as last
       from invoices
       where number is not null
       union all
       select environment_id, year, null, last from invoice_counters
     ) numbers
     group by environment_id, year
     having count(distinct serial) <> max(serial) or max(serial) is distinct from max(last)
       or count(serial) <> count(distinct serial)`,
  ),
  invariant(
    'paid_is_paid',
    'what is paid of every invoice is what its payments brought in, up to its total, less what went back',
    `select i.environment_id, 'invoice ' || i.number as place,
       'has ' || i.paid_minor || ' paid while its payments are ' || coalesce(p.minor, 0) as fault
     from invoices i
     left join (
       select environment_id, invoice_id, sum(amount_minor) as minor, sum(refunded_minor) as refunded_minor
       from payments
       where status in ('SUCCEEDED', 'REFUNDED')
       group by environment_id, invoice_id
     ) p on p.environment_id = i.environment_id and p.invoice_id = i.id
     where i.status <> 'VOID'
       and i.paid_minor <> least(i.total_minor - i.credited_minor, coalesce(p.minor, 0)) - coalesce(p.refunded_minor, 0)`,
  ),
  invariant(
    'paid_means_settled',
    'an invoice is PAID exactly when nothing is due on it',
    `select environment_id, 'invoice ' || number as place,
       'is ' || status || ' with ' || (total_minor - paid_minor - credited_minor) || ' due' as fault
     from invoices i
     where status in ('PENDING', 'FAILED', 'PAID')
       -- money that went back leaves an invoice PAID
       and (status = 'PAID') <> (total_minor - paid_minor - credited_minor = 0)
       and not (status = 'PAID' and total_minor - paid_minor - credited_minor = (
         select coalesce(sum(p.refunded_minor), 0) from payments p
         where p.environment_id = i.environment_id and p.invoice_id = i.id
       ))`,
  ),
  invariant(
    'refunds_sum',
    'what was given back of every payment is the sum of its refunds',
    `select p.environment_id, 'payment ' || p.id as place,
       'has ' || p.refunded_minor || ' refunded while its refunds are ' || coalesce(r.minor, 0) as fault
     from payments p
     left join (
       select environment_id, payment_id, sum(amount_minor) as minor
       from refunds
       where status = 'SUCCEEDED'
       group by environment_id, payment_id
     ) r on r.environment_id = p.environment_id and r.payment_id = p.id
     where p.refunded_minor <> coalesce(r.minor, 0)`,
  ),
  invariant(
    'captured_once',
    'no two payments share a transaction of a provider',
    `select environment_id, 'transaction ' || provider_transaction_id || ' of ' || provider as place,
       'stands behind ' || count(*) || ' payments' as fault
     from payments
     where provider_transaction_id is not null and provider <> 'MANUAL' and status in ('SUCCEEDED', 'REFUNDED')
     group by environment_id, provider, provider_transaction_id
     having count(*) > 1`,
  ),
  invariant(
    'active_is_counted',
    'the active subscriptions of every customer are counted right',
    `select c.environment_id, 'customer ' || c.id as place,
       'counts ' || c.active_subscriptions || ' active subscriptions of ' || coalesce(s.count, 0) as fault
     from customers c
     left join (
       select environment_id, customer_id, count(*) as count
       from subscriptions
       where status <> 'CANCELED'
       group by environment_id, customer_id
     ) s on s.environment_id = c.environment_id and s.customer_id = c.id
     where c.active_subscriptions <> coalesce(s.count, 0)`,
  ),
  invariant(
    'spent_is_paid',
    'what every customer has spent is what is paid of its invoices in its currency',
    `select c.environment_id, 'customer ' || c.id as place,
       'has spent ' || c.total_spent_minor || ' while ' || coalesce(i.minor, 0) || ' is paid' as fault
     from customers c
     left join (
       select environment_id, customer_id, currency, sum(paid_minor) as minor
       from invoices
       group by environment_id, customer_id, currency
     ) i on i.environment_id = c.environment_id and i.customer_id = c.id and i.currency = c.currency
     where c.total_spent_minor <> coalesce(i.minor, 0)`,
  ),
  invariant(
    'audit_is_chained',
    'every entry of the audit log carries the hash of all before it',
    `select null::uuid as environment_id, 'entry ' || seq || ' of the audit log of tenant ' || tenant_id as place,
       'does not follow from the one before' as fault
     from (
       select tenant_id, seq, hash, entry,
         lag(hash, 1, ''::bytea) over (partition by tenant_id order by seq) as previous_hash,
         lag(seq, 1, 0::bigint) over (partition by tenant_id order by seq) as previous_seq
       from audit_log
     ) links
     where seq <> previous_seq + 1 or hash <> sha256(previous_hash || convert_to(entry::text, 'UTF8'))`,
  ),
  ...creditInvariants,
  ...webhookInvariants,
  ...mailInvariants,
  ...providerInvariants,
  ...usageInvariants,
  ...amountInvariants,
]

/** Looks for rows that break a promise, over all environments; `pool` is the worker's, which sees them all. */
export async function* verify(
  pool: Pool,
): AsyncGenerator<{ readonly name: string; readonly breaches: readonly Breach[] }> {
  for (const { name, find } of invariants) {
    const rows = await pool.query(find())
    yield {
      name,
      breaches: rows.map(({ environment_id, place, fault }) => ({
        environmentId: environment_id,
        row: place,
        fault,
      })),
    }
  }
}

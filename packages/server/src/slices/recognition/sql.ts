import {
  type RowOf,
  bigint,
  command,
  day,
  instant,
  json,
  nullable,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

/**
 * Environments on real time with a day that is over and billed; and since when something in one awaits the billing
 * run, which the days after have to wait for.
 */
export const dueClocks = statement(
  'recognition.due',
  `select c.environment_id, unbilled.due_at as unbilled_since
   from recognition_clocks c
   left join lateral (
     select s.due_at from subscriptions s
     where lane_of(s.environment_id) = lane_of(c.environment_id) and s.environment_id = c.environment_id
       and s.due_at <= $1::timestamptz and not s.on_test_clock and s.attempt = 0
     order by s.due_at limit 1
   ) unbilled on true
   where c.due_at <= $1::timestamptz and not c.on_test_clock and c.due_at <= coalesce(unbilled.due_at, c.due_at)
   order by c.due_at limit $2::integer`,
  { environment_id: uuid, unbilled_since: nullable(instant) },
)

/** An environment's clock, held until the transaction ends: whoever holds it recognises its revenue alone. */
export const lockClock = statement(
  'recognition.lock_clock',
  `select c.closed_through, c.carried, t.timezone
   from recognition_clocks c
   join environments e on e.id = c.environment_id
   join tenants t on t.id = e.tenant_id
   where c.environment_id = $1::uuid and c.due_at <= $2::timestamptz
   for update of c skip locked`,
  { closed_through: day, carried: json<Readonly<Record<string, string>>>(), timezone: text },
)

const groupColumns = {
  currency: text,
  zone: text,
  from: instant,
  to: instant,
  amount_minor: bigint,
  lines: bigint,
}
export type GroupRow = RowOf<typeof groupColumns>

const grouped = `select i.currency, coalesce(l.zone, i.bill_to->>'timezone') as zone,
     coalesce(l.period_start, i.issued_at) as "from", coalesce(l.period_end, i.issued_at) as "to",
     l.net_minor as amount_minor, count(*) as lines`

/** Takes new lines, $2 at most, and says how many there are of each period and amount. */
export const takeNewLines = statement(
  'recognition.take_new_lines',
  `with new as materialized (
     select l.environment_id, l.invoice_id, l.id
     from invoice_lines l
     join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id and i.status <> 'DRAFT'
     where l.environment_id = $1::uuid and l.deferral = 'NEW' limit $2::integer for no key update of l skip locked
   ), l as (
     update invoice_lines l set deferral = 'FOLDED'
     from new n
     where l.environment_id = n.environment_id and l.invoice_id = n.invoice_id and l.id = n.id
     returning l.environment_id, l.invoice_id, l.period_start, l.period_end,
       l.amount_minor - l.discount_minor as net_minor, l.derivation->>'zone' as zone
   )
   ${grouped}
   from l
   join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
   group by 1, 2, 3, 4, 5`,
  groupColumns,
)

/** The same of the lines that count no more, since their invoices are void. */
export const takeVoidLines = statement(
  'recognition.take_void_lines',
  `with void as materialized (
     select v.environment_id, v.id from invoices v
     where v.environment_id = $1::uuid and v.status = 'VOID' and not v.deferral_undone
       and not exists (
         select from invoice_lines n
         where n.environment_id = v.environment_id and n.invoice_id = v.id and n.deferral = 'NEW')
     limit $2::integer for no key update skip locked
   ), i as (
     update invoices i set deferral_undone = true
     from void v
     where i.environment_id = v.environment_id and i.id = v.id
     returning i.environment_id, i.id, i.currency, i.bill_to, i.issued_at
   ), l as (
     select l.environment_id, l.invoice_id, l.period_start, l.period_end,
       l.amount_minor - l.discount_minor as net_minor, l.derivation->>'zone' as zone
     from void v
     join invoice_lines l on l.environment_id = v.environment_id and l.invoice_id = v.id
     where l.deferral = 'FOLDED'
   )
   ${grouped}
   from l
   join i on i.environment_id = l.environment_id and i.id = l.invoice_id
   group by 1, 2, 3, 4, 5`,
  groupColumns,
)

const groupedNotes = `select n.currency, l.zone, l.period_start as "from", l.period_end as "to", l.net_minor as amount_minor,
     count(*) as lines`

/** Takes new lines of credit notes, $2 at most: each takes back over its days what its part of a charge earns. */
export const takeNewCredits = statement(
  'recognition.take_new_credits',
  `with new as materialized (
     select environment_id, credit_note_id, id from credit_note_lines
     where environment_id = $1::uuid and deferral = 'NEW' limit $2::integer for no key update skip locked
   ), l as (
     update credit_note_lines l set deferral = 'FOLDED'
     from new n
     where l.environment_id = n.environment_id and l.credit_note_id = n.credit_note_id and l.id = n.id
     returning l.environment_id, l.credit_note_id, l.period_start, l.period_end, l.zone,
       l.discount_minor - l.amount_minor as net_minor
   )
   ${groupedNotes}
   from l
   join credit_notes n on n.environment_id = l.environment_id and n.id = l.credit_note_id
   group by 1, 2, 3, 4, 5`,
  groupColumns,
)

/** The same of the lines that count no more, since their credit notes are void. */
export const takeVoidCredits = statement(
  'recognition.take_void_credits',
  `with void as materialized (
     select v.environment_id, v.id from credit_notes v
     where v.environment_id = $1::uuid and v.status = 'VOIDED' and not v.deferral_undone
       and not exists (
         select from credit_note_lines l
         where l.environment_id = v.environment_id and l.credit_note_id = v.id and l.deferral = 'NEW')
     limit $2::integer for no key update skip locked
   ), n as (
     update credit_notes n set deferral_undone = true
     from void v
     where n.environment_id = v.environment_id and n.id = v.id
     returning n.environment_id, n.id, n.currency
   ), l as (
     select l.environment_id, l.credit_note_id, l.period_start, l.period_end, l.zone,
       l.discount_minor - l.amount_minor as net_minor
     from void v
     join credit_note_lines l on l.environment_id = v.environment_id and l.credit_note_id = v.id
     where l.deferral = 'FOLDED'
   )
   ${groupedNotes}
   from l
   join n on n.environment_id = l.environment_id and n.id = l.credit_note_id
   group by 1, 2, 3, 4, 5`,
  groupColumns,
)

const cohortArrays = `unnest($2::date[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
     as u (last_day, first_day, zone, currency, amount_minor, lines)`

export const addToCohorts = command(
  'recognition.add_to_cohorts',
  `insert into revenue_cohorts as c (environment_id, last_day, first_day, zone, currency, amount_minor, lines)
   select $1::uuid, u.last_day, u.first_day, u.zone, u.currency, u.amount_minor, u.lines
   from ${cohortArrays}
   on conflict (environment_id, last_day, first_day, zone, currency, amount_minor)
   do update set lines = c.lines + excluded.lines`,
)

export const takeFromCohorts = command(
  'recognition.take_from_cohorts',
  `update revenue_cohorts c set lines = c.lines - u.lines
   from ${cohortArrays}
   where c.environment_id = $1::uuid and c.last_day = u.last_day and c.first_day = u.first_day and c.zone = u.zone
     and c.currency = u.currency and c.amount_minor = u.amount_minor`,
)

/** Cohorts that may earn something after a day ($2), whatever their zone, and have begun by another ($3). */
export const openCohorts = statement(
  'recognition.open_cohorts',
  `select first_day, last_day, zone, currency, amount_minor, lines
   from revenue_cohorts
   where environment_id = $1::uuid and last_day >= $2::date - 2 and first_day <= $3::date + 2 and lines > 0`,
  { first_day: day, last_day: day, zone: text, currency: text, amount_minor: bigint, lines: bigint },
)

export const insertDays = command(
  'recognition.insert_days',
  `insert into revenue_days (environment_id, day, currency, id, amount_minor)
   select $1::uuid, u.day, u.currency, u.id, u.amount_minor
   from unnest($2::date[], $3::text[], $4::uuid[], $5::bigint[]) as u (day, currency, id, amount_minor)`,
)

export const saveClock = command(
  'recognition.save_clock',
  `update recognition_clocks set closed_through = $2, due_at = $3, carried = $4 where environment_id = $1::uuid`,
)

export const saveCarried = command(
  'recognition.save_carried',
  `update recognition_clocks set carried = $2 where environment_id = $1::uuid`,
)

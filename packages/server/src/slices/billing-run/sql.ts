import { command, nullable, statement, text, uuid } from '../../db/statement.ts'
import { dueColumns, killedReason, lockedColumns, withBillingFacts } from '../subscriptions/index.ts'

/** How many lanes the environments are spread over. */
export const laneCount = 16

/**
 * Due by now, on real time, in the first of these lanes that has any and that no other worker is in, the longest due
 * first. A lane holds whole environments: a batch holds their invoice counters until it commits, so two workers in
 * one environment would only wait for each other. The lane's lock keeps them apart; that a period is billed once
 * does not rest on it.
 */
export const claimDue = statement(
  'billing_run.claim_due',
  withBillingFacts(
    `select ${lockedColumns} from subscriptions
     where lane_of(environment_id) = (
         select l from unnest($3::integer[]) as lanes (l)
         where exists (
             select from subscriptions d
             where lane_of(d.environment_id) = l and d.due_at <= $1::timestamptz and not d.on_test_clock and d.attempt = 0
           )
           and pg_try_advisory_xact_lock(1852798561, l)
         limit 1
       )
       and due_at <= $1::timestamptz and not on_test_clock and attempt = 0
     order by lane_of(environment_id), due_at, environment_id limit $2::integer for no key update skip locked`,
  ),
  dueColumns,
)

/** One that failed before and may be tried again. */
export const claimRetry = statement(
  'billing_run.claim_retry',
  withBillingFacts(
    `select ${lockedColumns} from subscriptions
     where retry_at <= $1::timestamptz and due_at <= $1::timestamptz and not on_test_clock and parked_reason is null
     order by retry_at limit 1 for no key update skip locked`,
  ),
  dueColumns,
)

/** Due in one environment by an instant of its clock. */
export const claimInEnvironment = statement(
  'billing_run.claim_in_environment',
  withBillingFacts(
    `select ${lockedColumns} from subscriptions
     where environment_id = $1::uuid and due_at <= $2::timestamptz and on_test_clock and parked_reason is null
     order by due_at, id limit $3::integer for no key update`,
  ),
  dueColumns,
)

/** These, as far as they are still due and free. */
export const claimThese = statement(
  'billing_run.claim_these',
  withBillingFacts(
    `select ${lockedColumns} from subscriptions
     where (environment_id, id) in (select u.environment_id, u.id from unnest($1::uuid[], $2::uuid[]) as u (environment_id, id))
       and due_at <= $3::timestamptz and parked_reason is null
     order by due_at, id for no key update skip locked`,
  ),
  dueColumns,
)

export const writeBatch = command(
  'billing_run.write_batch',
  `insert into billing_batches (environment_id, id, subscription_ids, started_at)
   select u.environment_id, $1::uuid, array_agg(u.id), $4::timestamptz
   from unnest($2::uuid[], $3::uuid[]) as u (environment_id, id)
   group by u.environment_id
   on conflict (environment_id, id) do update set subscription_ids = excluded.subscription_ids`,
)

export const forgetBatch = command(
  'billing_run.forget_batch',
  `delete from billing_batches where environment_id = any($2::uuid[]) and id = $1::uuid`,
)

/** What was set aside because it failed, but not what ended a process: that would end the next one. */
export const takeUpParked = statement(
  'billing_run.take_up_parked',
  `update subscriptions set attempt = 1, retry_at = $1::timestamptz, parked_reason = null
   where parked_reason is not null and parked_reason <> '${killedReason}' and not on_test_clock
   returning environment_id, id`,
  { environment_id: uuid, id: uuid },
)

/**
 * Finds the batches whose process died: their subscriptions are free, while a batch that is at work holds its own.
 * Each of them has had an attempt, and from now on is tried alone.
 */
export const countDeadBatches = statement(
  'billing_run.count_dead_batches',
  `with batch as materialized (
     select environment_id, id, subscription_ids from billing_batches
     where started_at < $1::timestamptz order by environment_id, id for update skip locked
   ), free as materialized (
     select s.environment_id, s.id, b.id as batch_id
     from batch b
     join subscriptions s on s.environment_id = b.environment_id and s.id = any(b.subscription_ids)
     for no key update of s skip locked
   ), gone as (
     delete from billing_batches b
     where (b.environment_id, b.id) in (select f.environment_id, f.batch_id from free f)
   )
   update subscriptions s
   set attempt = s.attempt + 1, retry_at = $2::timestamptz,
     parked_reason = case when s.attempt + 1 >= $3::integer then '${killedReason}' end
   from free f
   where s.environment_id = f.environment_id and s.id = f.id and s.due_at <= $2::timestamptz
   returning s.environment_id, s.id, s.parked_reason`,
  { environment_id: uuid, id: uuid, parked_reason: nullable(text) },
)

/** One more attempt has failed: later again, or never where `$5` says so. */
export const countFailure = statement(
  'billing_run.count_failure',
  `update subscriptions
   set attempt = attempt + 1, retry_at = $3::timestamptz + ($4::integer[])[least(attempt + 1, cardinality($4))] * interval '1 second',
     parked_reason = case when attempt + 1 >= $5::integer then $6::text end
   where environment_id = $1::uuid and id = $2::uuid and due_at is not null
   returning parked_reason`,
  { parked_reason: nullable(text) },
)

import { boolean, command, instant, integer, nullable, statement, text, uuid } from '../../db/statement.ts'
import { environmentColumns, environmentSelect } from '../tenants/index.ts'

export const environmentById = statement(
  'clock.environment_by_id',
  `select ${environmentSelect} from environments where tenant_id = $1::uuid and id = $2::uuid`,
  environmentColumns,
)

export const lockEnvironment = statement(
  'clock.lock_environment',
  `select ${environmentSelect} from environments where tenant_id = $1::uuid and id = $2::uuid for update`,
  environmentColumns,
)

export const zoneOfTenant = statement('clock.zone', `select timezone from tenants where id = $1::uuid`, {
  timezone: text,
})

/** Asked as the worker while the environment's row is locked: no subscription can be made meanwhile. */
export const holdsSubscriptions = statement(
  'clock.holds_subscriptions',
  `select exists (select from subscriptions where environment_id = $1::uuid) as found`,
  { found: boolean },
)

export const startRun = command(
  'clock.start',
  `update environments
   set clock_status = 'RUNNING', clock_error = null, clock_target = $3, clock_from = $4
   where tenant_id = $1::uuid and id = $2::uuid`,
)

/** Environments on their way whom nobody is moving. */
export const waitingRuns = statement(
  'clock.waiting',
  `select e.id
   from environments e
   left join clock_runs r on r.environment_id = e.id
   where e.clock_status = 'RUNNING' and (r.lease_until is null or r.lease_until <= $1::timestamptz)
   order by e.id
   limit $2::integer`,
  { id: uuid },
)

export const leaseRun = statement(
  'clock.lease',
  `insert into clock_runs as run (environment_id, lease_until, attempt)
   values ($1, $3, 1)
   on conflict (environment_id) do update
   set lease_until = excluded.lease_until, attempt = run.attempt + 1
   where run.lease_until <= $2::timestamptz
   returning attempt`,
  { attempt: integer },
)

export const prolongLease = command(
  'clock.prolong',
  `update clock_runs set lease_until = $3 where environment_id = $1::uuid and attempt = $2::integer`,
)

/** Where a run stands, for the one who holds its lease, and when the next thing of each kind falls due. */
export const currentRun = statement(
  'clock.current',
  `select e.tenant_id, e.clock_now, e.clock_target,
     (select min(due_at) from subscriptions
      where environment_id = e.id and due_at is not null and on_test_clock and parked_reason is null) as billing_at,
     (select e.clock_now where exists (
        select from usage_watch where environment_id = e.id and try_at is null)) as usage_at,
     (select min(trial_notice_at) from subscriptions
      where environment_id = e.id and trial_notice_at is not null and on_test_clock) as trial_notice_at,
     (select min(finalize_at) from invoices
      where environment_id = e.id and finalize_at is not null and status = 'DRAFT' and on_test_clock) as finalize_at,
     (select min(due_at) from dunnings where environment_id = e.id and due_at is not null and on_test_clock) as dunning_at,
     least(
       (select min(due_at) from payments where environment_id = e.id and due_at is not null and on_test_clock),
       (select min(due_at) from refunds where environment_id = e.id and due_at is not null and on_test_clock)
     ) as collection_at,
     least(
       (select min(top_up_due_at) from wallets where environment_id = e.id and top_up_due_at is not null),
       (select min(expires_at) from wallet_grants where environment_id = e.id and left_minor > 0)
     ) as wallets_at,
     (select min(overdue_at) from invoices
      where environment_id = e.id and overdue_at is not null and status in ('PENDING', 'FAILED') and on_test_clock)
       as overdue_at
   from environments e
   join clock_runs r on r.environment_id = e.id and r.attempt = $2::integer
   where e.id = $1::uuid and e.clock_status = 'RUNNING'`,
  {
    tenant_id: uuid,
    clock_now: nullable(instant),
    clock_target: nullable(instant),
    billing_at: nullable(instant),
    usage_at: nullable(instant),
    trial_notice_at: nullable(instant),
    finalize_at: nullable(instant),
    dunning_at: nullable(instant),
    collection_at: nullable(instant),
    wallets_at: nullable(instant),
    overdue_at: nullable(instant),
  },
)

/** Locks the environment for its one step; API calls in it are over before, or see the new time. */
export const moveClock = statement(
  'clock.move',
  `update environments e set clock_now = $3
   from clock_runs r
   where e.id = $1::uuid and r.environment_id = e.id and r.attempt = $2::integer and e.clock_status = 'RUNNING'
   returning e.id`,
  { id: uuid },
)

export const endRun = command(
  'clock.end',
  `update environments e set clock_status = $3, clock_error = $4
   from clock_runs r
   where e.id = $1::uuid and r.environment_id = e.id and r.attempt = $2::integer and e.clock_status = 'RUNNING'`,
)

export const freezeSubscriptions = command(
  'clock.freeze_subscriptions',
  `update subscriptions set on_test_clock = true where environment_id = $1::uuid and not on_test_clock`,
)
export const freezeInvoices = command(
  'clock.freeze_invoices',
  `update invoices set on_test_clock = true where environment_id = $1::uuid and not on_test_clock`,
)
export const freezePayments = command(
  'clock.freeze_payments',
  `update payments set on_test_clock = true where environment_id = $1::uuid and not on_test_clock`,
)
export const freezeRefunds = command(
  'clock.freeze_refunds',
  `update refunds set on_test_clock = true where environment_id = $1::uuid and not on_test_clock`,
)

export const freezeRecognition = command(
  'clock.freeze_recognition',
  `update recognition_clocks set on_test_clock = true where environment_id = $1::uuid and not on_test_clock`,
)

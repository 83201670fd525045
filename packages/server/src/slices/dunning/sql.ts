import {
  type RowOf,
  boolean,
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
import type { TenantSettings } from '../tenants/index.ts'

type StoredPlan = NonNullable<TenantSettings['dunning']>

/** What the retries of these invoices follow, and where they stand. */
export const termsOf = statement(
  'dunning.terms',
  `select i.id as invoice_id, c.timezone, t.settings->'dunning' as plan, d.started_at, d.step, d.ended_at
   from invoices i
   join customers c on c.environment_id = i.environment_id and c.id = i.customer_id
   join environments e on e.id = i.environment_id
   join tenants t on t.id = e.tenant_id
   left join dunnings d on d.environment_id = i.environment_id and d.invoice_id = i.id
   where i.environment_id = $1::uuid and i.id = any ($2::uuid[])`,
  {
    invoice_id: uuid,
    timezone: text,
    plan: nullable(json<StoredPlan>()),
    started_at: nullable(instant),
    step: nullable(integer),
    ended_at: nullable(instant),
  },
)

export const saveDunnings = command(
  'dunning.save',
  `insert into dunnings as d (environment_id, invoice_id, started_at, step, due_at, on_test_clock)
   select e.id, u.invoice_id, u.started_at, u.step, u.due_at, e.clock_now is not null
   from unnest($2::uuid[], $3::timestamptz[], $4::integer[], $5::timestamptz[])
     as u (invoice_id, started_at, step, due_at)
   join environments e on e.id = $1::uuid
   on conflict (environment_id, invoice_id) do update
   set started_at = excluded.started_at, step = excluded.step, due_at = excluded.due_at, lease_until = null,
     ended_at = null, outcome = null`,
)

const claimedColumns = {
  tenant_id: uuid,
  environment_id: uuid,
  is_test: boolean,
  invoice_id: uuid,
  subscription_id: nullable(uuid),
  attempt: integer,
}
export type ClaimedDunning = RowOf<typeof claimedColumns>

/** $1: now, $2: the lease's end. */
const claim = (due: string): string => `
  with due as (${due})
  update dunnings d
  set attempt = d.attempt + 1, lease_until = $2
  from due, environments e, invoices i
  where d.environment_id = due.environment_id and d.invoice_id = due.invoice_id and e.id = d.environment_id
    and i.environment_id = d.environment_id and i.id = d.invoice_id
  returning e.tenant_id, d.environment_id, e.kind = 'TEST' as is_test, d.invoice_id, i.subscription_id, d.attempt`

const free = '(lease_until is null or lease_until <= $1::timestamptz)'

/** Over all environments on real time. $3: how many. */
export const claimDunnings = statement(
  'dunning.claim',
  claim(`
    select environment_id, invoice_id from dunnings
    where due_at <= $1::timestamptz and not on_test_clock and ${free}
    order by due_at
    limit $3::integer
    for update skip locked`),
  claimedColumns,
)

/** Over all environments whose clocks stand still. $3: how many. */
export const claimDunningsOnTestClocks = statement(
  'dunning.claim_on_test_clocks',
  claim(`
    select d.environment_id, d.invoice_id
    from dunnings d
    join environments c on c.id = d.environment_id and c.clock_status <> 'RUNNING'
    where d.due_at <= c.clock_now and d.on_test_clock and ${free}
    order by d.environment_id, d.due_at
    limit $3::integer
    for update of d skip locked`),
  claimedColumns,
)

/** In one environment, what is due up to $4. $3: the environment. */
export const claimDunningsInEnvironment = statement(
  'dunning.claim_in_environment',
  claim(`
    select environment_id, invoice_id from dunnings
    where environment_id = $3::uuid and due_at <= $4::timestamptz and on_test_clock and ${free}
    order by due_at
    limit 200
    for update skip locked`),
  claimedColumns,
)

/** One that is claimed, with what its next step depends on. The invoice is locked by the caller. */
export const lockDunning = statement(
  'dunning.lock',
  `select d.step, d.started_at, d.attempt, c.timezone, t.settings->'dunning' as plan,
     coalesce(sm.id, m.id) as method_id, coalesce(sm.type, m.type) as method_type,
     p.failure_code, p.payment_method_id as failed_method_id, p.status as last_status
   from dunnings d
   join invoices i on i.environment_id = d.environment_id and i.id = d.invoice_id
   join customers c on c.environment_id = i.environment_id and c.id = i.customer_id
   join environments e on e.id = d.environment_id
   join tenants t on t.id = e.tenant_id
   left join subscriptions s on s.environment_id = i.environment_id and s.id = i.subscription_id
   left join payment_methods sm on sm.environment_id = s.environment_id and sm.id = s.payment_method_id
     and sm.archived_at is null
   left join payment_methods m on m.environment_id = i.environment_id and m.customer_id = i.customer_id
     and m.is_default and m.archived_at is null
   left join lateral (
     select p.failure_code, p.payment_method_id, p.status
     from payments p
     where p.environment_id = d.environment_id and p.invoice_id = d.invoice_id and p.failure_code is distinct from 'withdrawn'
     order by p.created_at desc, p.id desc
     limit 1
   ) p on true
   where d.environment_id = $1::uuid and d.invoice_id = $2::uuid
   for update of d`,
  {
    step: integer,
    started_at: instant,
    attempt: integer,
    timezone: text,
    plan: nullable(json<StoredPlan>()),
    method_id: nullable(uuid),
    method_type: nullable(oneOf('CARD', 'BANK_ACCOUNT', 'MOBILE_MONEY', 'WALLET')),
    failure_code: nullable(text),
    failed_method_id: nullable(uuid),
    last_status: nullable(text),
  },
)

export const endDunning = command(
  'dunning.end',
  `update dunnings set due_at = null, lease_until = null, ended_at = $3, outcome = $4
   where environment_id = $1::uuid and invoice_id = $2::uuid`,
)

export const freezeDunnings = command(
  'dunning.freeze',
  `update dunnings set on_test_clock = true where environment_id = $1::uuid and not on_test_clock`,
)

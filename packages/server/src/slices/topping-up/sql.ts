import {
  type RowOf,
  bigint,
  boolean,
  command,
  instantText,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

const expiredColumns = {
  environment_id: uuid,
  id: uuid,
  wallet_id: uuid,
  currency: text,
  kind: oneOf('PAID', 'GRANTED'),
  left_minor: bigint,
  expires_at: instantText,
}
export type ExpiredRow = RowOf<typeof expiredColumns>

const claimExpired = (where: string): string =>
  `select g.environment_id, g.id, g.wallet_id, w.currency, g.kind, g.left_minor, g.expires_at
   from wallet_grants g
   join wallets w on w.environment_id = g.environment_id and w.id = g.wallet_id
   join environments e on e.id = g.environment_id
   where g.left_minor > 0 and g.expires_at <= $1::timestamptz and ${where}
   order by g.expires_at, g.id
   limit $2::integer
   for no key update of g, w skip locked`

/** Credits that have expired, in environments on real time. */
export const expiredCredits = statement(
  'topping_up.expired',
  claimExpired('e.clock_now is null'),
  expiredColumns,
)

/** The same in one environment. */
export const expiredCreditsIn = statement(
  'topping_up.expired_in',
  claimExpired('g.environment_id = $3::uuid'),
  expiredColumns,
)

const dueColumns = { tenant_id: uuid, environment_id: uuid, id: uuid, is_test: boolean, due_at: instantText }
export type DueTopUp = RowOf<typeof dueColumns>

const dueTopUpsWhere = (where: string): string =>
  `select e.tenant_id, w.environment_id, w.id, e.kind = 'TEST' as is_test, w.top_up_due_at as due_at
   from wallets w
   join environments e on e.id = w.environment_id
   where w.top_up_due_at <= $1::timestamptz and ${where}
   order by w.top_up_due_at, w.id
   limit $2::integer`

/** Wallets that are to be topped up, in environments on real time. */
export const dueTopUps = statement('topping_up.due', dueTopUpsWhere('e.clock_now is null'), dueColumns)

/** The same in one environment. */
export const dueTopUpsIn = statement(
  'topping_up.due_in',
  dueTopUpsWhere('w.environment_id = $3::uuid'),
  dueColumns,
)

/**
 * Takes a wallet that is due, locked by the caller, with its rule; another worker that was quicker leaves nothing to take.
 * One that has been filled since, or awaits the payment of what was bought, is not `is_low`.
 */
export const takeDueTopUp = statement(
  'topping_up.take_due',
  `update wallets w set top_up_due_at = null
   where w.environment_id = $1::uuid and w.id = $2::uuid and w.top_up_due_at is not null and w.status = 'ACTIVE'
   returning w.top_up_credits::text as top_up_credits,
     (select c.status = 'ACTIVE' from customers c
      where c.environment_id = w.environment_id and c.id = w.customer_id) as has_customer,
     coalesce(w.balance_minor < w.top_up_threshold_minor, false) and not exists (
       select from wallet_grants g
       where g.environment_id = w.environment_id and g.wallet_id = w.id and g.status = 'PENDING'
     ) as is_low`,
  { top_up_credits: nullable(text), has_customer: boolean, is_low: boolean },
)

export const postponeTopUp = command(
  'topping_up.postpone',
  `update wallets set top_up_due_at = $3 where environment_id = $1::uuid and id = $2::uuid and top_up_due_at is not null`,
)

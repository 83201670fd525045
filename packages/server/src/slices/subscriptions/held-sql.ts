import { command, statement, uuid } from '../../db/statement.ts'

const columns = { environment_id: uuid, id: uuid, subscription_id: uuid }

/** Drafts of periods whose time is over, on real time, over all environments. Not locked: their subscriptions come first. */
export const heldDue = statement(
  'subscriptions.held_due',
  `select environment_id, id, subscription_id from invoices
   where finalize_at <= $1::timestamptz and status = 'DRAFT' and not on_test_clock and subscription_id is not null
   order by finalize_at, id limit $2::integer`,
  columns,
)

/** The same on one test clock. */
export const heldDueIn = statement(
  'subscriptions.held_due_in',
  `select environment_id, id, subscription_id from invoices
   where environment_id = $1::uuid and finalize_at <= $2::timestamptz and status = 'DRAFT' and on_test_clock
     and subscription_id is not null
   order by finalize_at, id limit $3::integer`,
  columns,
)

/** One that could not be issued is tried again later. */
export const holdOn = command(
  'subscriptions.hold_on',
  `update invoices set finalize_at = $3 where environment_id = $1::uuid and id = $2::uuid and status = 'DRAFT'`,
)

export const heldOfSubscription = statement(
  'subscriptions.held_of_subscription',
  `select id from invoices
   where environment_id = $1::uuid and subscription_id = $2::uuid and status = 'DRAFT' and finalize_at is not null`,
  { id: uuid },
)

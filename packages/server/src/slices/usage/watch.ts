import { type RowOf, boolean, command, statement, uuid } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'

/** The loop that looks at usage as it comes. */
export const watchLoopName = 'usage-watch'

const insertWatched = command(
  'usage.watch',
  `insert into usage_watch (environment_id, id, subscription_id)
   select $1::uuid, u.id, u.subscription_id from unnest($2::uuid[], $3::uuid[]) as u (id, subscription_id)`,
)

/** Has the usage of subscriptions looked at, once this is committed. */
export function watchUsage(
  { ids, bells }: Deps,
  tx: Tx,
  environmentId: string,
  subscriptionIds: readonly string[],
): void {
  if (subscriptionIds.length === 0) return
  tx.defer(
    insertWatched(
      environmentId,
      subscriptionIds.map(() => ids.next()),
      subscriptionIds,
    ),
  )
  tx.afterCommit(() => bells.ring(watchLoopName))
}

const insertBegun = command(
  'usage.watch_begun',
  `insert into usage_watch (environment_id, id, subscription_id)
   select u.environment_id, u.id, u.subscription_id
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as u (environment_id, id, subscription_id, plan_id)
   join plans p on p.environment_id = u.environment_id and p.id = u.plan_id and p.watches_usage`,
)

/**
 * The same where a window of usage has begun, as a level that is carried into it is used from its start; for those of
 * plans that ask for it.
 */
export function watchBegun(
  { ids, bells }: Deps,
  tx: Tx,
  begun: readonly { environmentId: string; subscriptionId: string; planId: string }[],
): void {
  if (begun.length === 0) return
  tx.defer(
    insertBegun(
      begun.map(({ environmentId }) => environmentId),
      begun.map(() => ids.next()),
      begun.map(({ subscriptionId }) => subscriptionId),
      begun.map(({ planId }) => planId),
    ),
  )
  tx.afterCommit(() => bells.ring(watchLoopName))
}

/** Environments in which usage is to be looked at, by real time. */
export const watchedEnvironments = statement(
  'usage.watched_environments',
  `select distinct e.tenant_id, e.id as environment_id, e.kind = 'TEST' as is_test
   from (
     select environment_id from usage_watch
     where try_at is null or try_at <= $1::timestamptz
     order by try_at nulls first limit $2::integer
   ) w
   join environments e on e.id = w.environment_id`,
  { tenant_id: uuid, environment_id: uuid, is_test: boolean },
)

const watchedColumns = { id: uuid, subscription_id: uuid }
export type WatchedRow = RowOf<typeof watchedColumns>

/** What is to be looked at in an environment by real time, so much at most. */
export const watchedIn = statement(
  'usage.watched_in',
  `select id, subscription_id from usage_watch
   where environment_id = $1::uuid and (try_at is null or try_at <= $2::timestamptz)
   order by id limit $3::integer`,
  watchedColumns,
)

/** Holds some of it until the commit; what another holds is left out. */
export const claimWatched = statement(
  'usage.claim_watched',
  `select id, subscription_id from usage_watch
   where environment_id = $1::uuid and id = any($2::uuid[])
   order by id
   for update skip locked`,
  watchedColumns,
)

export const forgetWatched = command(
  'usage.forget_watched',
  `delete from usage_watch where environment_id = $1::uuid and id = any($2::uuid[])`,
)

export const postponeWatched = command(
  'usage.postpone_watched',
  `update usage_watch set try_at = $3::timestamptz where environment_id = $1::uuid and id = any($2::uuid[])`,
)

import { type RowOf, command, instantText, statement, uuid } from '../../db/statement.ts'
import { subscriptionColumns, subscriptionSelect } from './sql.ts'

const columns = { environment_id: uuid, trial_notice_at: instantText, ...subscriptionColumns }
export type TrialEndingRow = RowOf<typeof columns>

/** On real time, over all environments. */
export const claimTrialsEnding = statement(
  'subscriptions.claim_trials_ending',
  `select environment_id, trial_notice_at, ${subscriptionSelect} from subscriptions
   where trial_notice_at <= $1::timestamptz and not on_test_clock
   order by trial_notice_at
   limit $2::integer
   for no key update skip locked`,
  columns,
)

/** On one test clock. */
export const claimTrialsEndingIn = statement(
  'subscriptions.claim_trials_ending_in',
  `select environment_id, trial_notice_at, ${subscriptionSelect} from subscriptions
   where environment_id = $1::uuid and trial_notice_at <= $2::timestamptz and on_test_clock
   order by trial_notice_at, id
   limit $3::integer
   for no key update`,
  columns,
)

export const saveTrialsAnnounced = command(
  'subscriptions.save_trials_announced',
  `update subscriptions s set trial_notice_at = null
   from unnest($1::uuid[], $2::uuid[]) as u (environment_id, id)
   where s.environment_id = u.environment_id and s.id = u.id`,
)

/** When the end of a trial is to be told of; null: never, or it has been. */
export const saveTrialNotice = command(
  'subscriptions.save_trial_notice',
  `update subscriptions set trial_notice_at = $3 where environment_id = $1::uuid and id = $2::uuid`,
)

import { bigint, boolean, command, instant, nullable, statement, uuid } from '../../db/statement.ts'

/** What of the plans of subscriptions is looked at as usage comes: a threshold in their currency, charges in advance. */
export const watchedTerms = statement(
  'subscriptions.watched_terms',
  `select s.id, s.plan_id,
     (select (m.value->>'minor')::bigint from jsonb_array_elements(p.progressive_threshold) m
      where m.value->>'currency' = s.currency) as threshold_minor,
     exists (
       select from charges c
       where c.environment_id = p.environment_id and c.plan_id = p.id and c.billing_timing = 'IN_ADVANCE'
     ) as is_in_advance
   from subscriptions s
   join plans p on p.environment_id = s.environment_id and p.id = s.plan_id and p.watches_usage
   where s.environment_id = $1::uuid and s.id = any($2::uuid[])`,
  { id: uuid, plan_id: uuid, threshold_minor: nullable(bigint), is_in_advance: boolean },
)

/** The windows in which the threshold of their plan has been reached, of those of subscriptions that begin from an instant on. */
export const thresholdsReached = statement(
  'subscriptions.thresholds_reached',
  `select t.subscription_id, t.window_from
   from unnest($2::uuid[], $3::timestamptz[]) as u (subscription_id, window_from)
   join usage_thresholds t on t.environment_id = $1::uuid and t.subscription_id = u.subscription_id
     and t.window_from = u.window_from`,
  { subscription_id: uuid, window_from: instant },
)

export const insertThresholds = command(
  'subscriptions.insert_thresholds',
  `insert into usage_thresholds (environment_id, subscription_id, window_from, reached_at)
   select $1::uuid, u.subscription_id, u.window_from, $4::timestamptz
   from unnest($2::uuid[], $3::timestamptz[]) as u (subscription_id, window_from)`,
)

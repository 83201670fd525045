import { bigint, command, instant, integer, json, statement, text, uuid } from '../../db/statement.ts'

/** The lines of fees that were charged for windows, with what has been credited of them. */
export const feesOfWindows = statement(
  'subscriptions.fees_of_windows',
  `select u.place::integer as place, l.derivation->'exact'->>0 as above, l.derivation->'exact'->>1 as below,
     l.amount_minor, coalesce(c.minor, 0)::bigint as credited_minor
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) with ordinality
     as u (environment_id, subscription_id, from_at, to_at, place)
   join invoices i on i.environment_id = u.environment_id and i.subscription_id = u.subscription_id
     and i.period_end > u.from_at and i.period_start < u.to_at and i.kind in ('CYCLE', 'CHANGE', 'RESTART')
   join invoice_lines l on l.environment_id = i.environment_id and l.invoice_id = i.id and l.type = 'PLAN'
     and l.period_start >= u.from_at and l.period_start < u.to_at
   left join lateral (
     select sum(n.amount_minor) as minor
     from credit_note_lines n
     join credit_notes d on d.environment_id = n.environment_id and d.id = n.credit_note_id and d.status = 'FINALIZED'
     where n.environment_id = l.environment_id and n.invoice_id = l.invoice_id and n.invoice_line_id = l.id
   ) c on true
   order by u.place, l.period_start, l.id`,
  { place: integer, above: text, below: text, amount_minor: bigint, credited_minor: bigint },
)

export const addCommitments = command(
  'subscriptions.add_commitments',
  `insert into commitment_ratings (environment_id, subscription_id, window_from, topped, above)
   select u.environment_id, u.subscription_id, u.window_from, array[u.topped, u.topped_of], array[u.above, u.above_of]
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[])
     as u (environment_id, subscription_id, window_from, topped, topped_of, above, above_of)`,
)

/** Where fee and usage stand to the commitments of windows, of those that have one. */
export const commitmentsOf = statement(
  'subscriptions.commitments_of',
  `select r.environment_id, r.subscription_id, r.window_from, to_json(r.above::text[]) as above
   from (
     select distinct environment_id, subscription_id, window_from
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as v (environment_id, subscription_id, window_from)
   ) u
   join commitment_ratings r on r.environment_id = u.environment_id and r.subscription_id = u.subscription_id
     and r.window_from = u.window_from
   order by r.subscription_id, r.window_from`,
  {
    environment_id: uuid,
    subscription_id: uuid,
    window_from: instant,
    above: json<readonly [numerator: string, denominator: string]>(),
  },
)

export const saveCommitments = command(
  'subscriptions.save_commitments',
  `update commitment_ratings r set above = array[u.above, u.above_of]
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::numeric[], $5::numeric[])
     as u (environment_id, subscription_id, window_from, above, above_of)
   where r.environment_id = u.environment_id and r.subscription_id = u.subscription_id
     and r.window_from = u.window_from`,
)

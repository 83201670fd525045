import {
  type RowOf,
  boolean,
  command,
  instant,
  integer,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { mailKinds } from './kinds.ts'

const claimedColumns = {
  environment_id: uuid,
  id: uuid,
  kind: oneOf(...mailKinds),
  customer_id: uuid,
  subject_id: uuid,
  is_asked: boolean,
  recipient: nullable(text),
  due_at: instant,
  occurred_at: instant,
  attempt: integer,
}
export type ClaimedMail = RowOf<typeof claimedColumns>

// Tenants whose own mail server is being talked to, and those of the server's own while that is, have their turn later.
const isFree = `(
  (m.is_test and coalesce(t.settings->'emails'->>'testEnvironments', 'CATCH') = 'CATCH')
  or not case when t.settings->'smtp' is null then $5::boolean else t.id = any($4::uuid[]) end)`

const take = (source: string): string =>
  `with due as (${source})
   update customer_mails m
   set attempt = m.attempt + 1, again_at = $2
   from due
   where m.environment_id = due.environment_id and m.id = due.id
   returning m.environment_id, m.id, m.kind, m.customer_id, m.subject_id, m.is_asked, m.recipient, m.due_at, m.occurred_at,
     m.attempt`

/**
 * Takes mails of live environments that are due: the attempt is counted before anything is done. $1: now, $2: the
 * lease's end, $3: how many, $4: tenants that are busy, $5: whether the server's own mail server is.
 */
export const claimLive = statement(
  'mail.claim_live',
  take(`select m.environment_id, m.id
     from customer_mails m
     join environments v on v.id = m.environment_id
     join tenants t on t.id = v.tenant_id
     where m.due_at is not null and not m.is_test and coalesce(m.again_at, m.due_at) <= $1::timestamptz and ${isFree}
     order by coalesce(m.again_at, m.due_at)
     limit $3::integer
     for update of m skip locked`),
  claimedColumns,
)

/** The same of test environments, by their clocks. */
export const claimTests = statement(
  'mail.claim_tests',
  take(`select m.environment_id, m.id
     from environments v
     join tenants t on t.id = v.tenant_id
     cross join lateral (
       select m.environment_id, m.id
       from customer_mails m
       where m.environment_id = v.id and m.due_at is not null and m.is_test
         and m.due_at <= coalesce(v.clock_now, $1::timestamptz)
         and (m.again_at is null or m.again_at <= $1::timestamptz) and ${isFree}
       order by m.due_at
       limit $3::integer
       for update skip locked
     ) m
     -- A clock on its way goes first: whoever moved it waits for it, and nobody for these.
     where v.kind = 'TEST' and v.clock_status <> 'RUNNING'
     limit $3::integer`),
  claimedColumns,
)

/**
 * The end of an attempt, unless somebody else has begun another. What was written is kept as long as its customer is.
 * $4: the status, $5: recipient, $6: the letter, $7: the failure, $8: when it is tried again, $9: when it was sent.
 */
export const saveCustomerMail = command(
  'mail.save_customer_mail',
  `update customer_mails m
   set status = $4, due_at = case when $4 = 'PENDING' then m.due_at end, again_at = $8, failure = $7, sent_at = $9,
     recipient = case when c.status = 'ACTIVE' then coalesce($5, m.recipient) end,
     letter = case when c.status = 'ACTIVE' then $6::jsonb end
   from customers c
   where m.environment_id = $1::uuid and m.id = $2::uuid and m.attempt = $3::integer and m.status = 'PENDING'
     and c.environment_id = m.environment_id and c.id = m.customer_id`,
)

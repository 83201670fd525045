import {
  type RowOf,
  boolean,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { mailKinds, mailStatuses } from './kinds.ts'
import type { Letter } from './letter.ts'

export const mailColumns = {
  id: uuid,
  kind: oneOf(...mailKinds),
  occasion: text,
  customer_id: uuid,
  subject_id: uuid,
  status: oneOf(...mailStatuses),
  is_test: boolean,
  recipient: nullable(text),
  letter: nullable(json<Letter>()),
  failure: nullable(text),
  attempt: integer,
  due_at: nullable(instant),
  again_at: nullable(instant),
  occurred_at: instant,
  sent_at: nullable(instant),
  created_at: instant,
}
export type MailRow = RowOf<typeof mailColumns>
export const mailSelect = Object.keys(mailColumns).join(', ')

export const mailById = statement(
  'mail.by_id',
  `select ${mailSelect} from customer_mails where environment_id = $1::uuid and id = $2::uuid`,
  mailColumns,
)

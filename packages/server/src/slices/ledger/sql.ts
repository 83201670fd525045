import { type RowOf, bigint, instant, oneOf, statement, text, uuid } from '../../db/statement.ts'
import { documentKinds } from './post.ts'

/** Sums by account, up to an instant ($3) and in one currency ($2) where they are given. */
export const sumsByAccount = statement(
  'ledger.sums_by_account',
  `select currency, account,
     coalesce(sum(amount_minor) filter (where amount_minor > 0), 0)::bigint as debit_minor,
     coalesce(-sum(amount_minor) filter (where amount_minor < 0), 0)::bigint as credit_minor
   from ledger_entries
   where environment_id = $1::uuid and ($2::text is null or currency = $2::text)
     and ($3::timestamptz is null or occurred_at < $3::timestamptz)
   group by currency, account
   order by currency, account`,
  { currency: text, account: text, debit_minor: bigint, credit_minor: bigint },
)

export const entryColumns = {
  id: text,
  transaction_id: uuid,
  account: text,
  currency: text,
  amount_minor: bigint,
  document_kind: oneOf(...documentKinds),
  document_id: uuid,
  occurred_at: instant,
}
export type EntryRow = RowOf<typeof entryColumns>

export const entrySelect = Object.keys(entryColumns).join(', ')
/** Within a transaction, which has one currency, an account names its entry. */
export const entriesFrom = '(select *, account as id from ledger_entries) as entries'

import type { Posting } from '@novabilling/core/ledger'
import { command } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'

/** What moves the books. */
export const documentKinds = [
  'INVOICE',
  'VOID',
  'WRITE_OFF',
  'PAYMENT',
  'REFUND',
  'CREDIT_NOTE',
  'CREDIT_NOTE_VOID',
  'CREDIT',
  'WALLET',
  'RECOGNITION',
] as const
export type DocumentKind = (typeof documentKinds)[number]

/** One movement of the books: what core made of it, and the document behind it. */
export type LedgerTransaction = {
  /** Of its own, or the document's where a document moves the books once. */
  readonly id: string
  readonly documentKind: DocumentKind
  readonly documentId: string
  readonly currency: string
  readonly at: Temporal.Instant | string
  readonly entries: Posting
}

const insertEntries = command(
  'ledger.insert_entries',
  `insert into ledger_entries (environment_id, transaction_id, account, currency, amount_minor, document_kind,
     document_id, occurred_at)
   select u.environment_id, u.transaction_id, u.account, u.currency, u.amount_minor, u.document_kind,
     u.document_id, u.occurred_at
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::uuid[], $8::timestamptz[])
     as u (environment_id, transaction_id, account, currency, amount_minor, document_kind, document_id, occurred_at)`,
)

/**
 * Writes movements of one environment's books. PostgreSQL refuses a set in which one of them does not balance.
 * A movement without entries, such as the issue of a zero invoice, writes nothing.
 */
export function postEntries(tx: Tx, environmentId: string, transactions: readonly LedgerTransaction[]): void {
  postEntriesAcross(tx, transactions, () => environmentId)
}

/** The same over many environments, for the billing run. */
export function postEntriesAcross<T extends LedgerTransaction>(
  tx: Tx,
  transactions: readonly T[],
  environmentOf: (transaction: T) => string,
): void {
  const environments: string[] = []
  const ids: string[] = []
  const accounts: string[] = []
  const currencies: string[] = []
  const amounts: bigint[] = []
  const kinds: string[] = []
  const documents: string[] = []
  const times: (Temporal.Instant | string)[] = []
  for (const transaction of transactions) {
    const environmentId = environmentOf(transaction)
    for (const { account, minor } of transaction.entries) {
      environments.push(environmentId)
      ids.push(transaction.id)
      accounts.push(account)
      currencies.push(transaction.currency)
      amounts.push(minor)
      kinds.push(transaction.documentKind)
      documents.push(transaction.documentId)
      times.push(transaction.at)
    }
  }
  if (ids.length === 0) return
  tx.defer(insertEntries(environments, ids, accounts, currencies, amounts, kinds, documents, times))
}

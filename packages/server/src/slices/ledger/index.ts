import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { LedgerAccount, LedgerAccounts, LedgerEntry, TrialBalance } from './schema.ts'

export const ledger: Slice = {
  name: 'ledger',
  title: 'Ledger',
  description: 'The books: double entry, by currency. Every document posts, and nothing is ever changed.',
  routes,
  schemas: [LedgerAccount, LedgerAccounts, LedgerEntry, TrialBalance],
}

export { listEntries } from './entries.ts'
export { type LedgerEntry, ListEntries } from './schema.ts'
export { type LedgerTransaction, postEntries, postEntriesAcross } from './post.ts'

export { type LedgerTransaction, postEntries, postEntriesAcross } from './post.ts'

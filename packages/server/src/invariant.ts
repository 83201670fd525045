import { type Bound, nullable, statement, text, uuid } from './db/statement.ts'

/** A promise about the stored data, and the query for the rows that break it. */
export type Invariant = { readonly name: string; readonly find: () => Bound<typeof columns> }

const columns = { environment_id: nullable(uuid), place: text, fault: text }
const mostBreaches = 20

/** Declares a promise: `query` gives `environment_id`, `place` and `fault` of each row that breaks it. */
export function invariant(key: string, name: string, query: string): Invariant {
  return { name, find: statement(`verify.${key}`, `${query}\nlimit ${mostBreaches}`, columns) }
}

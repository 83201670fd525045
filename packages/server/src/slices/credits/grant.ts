import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { insertCredits, moveBalances } from './sql.ts'

/** Money that becomes a customer's to spend on its next invoices, and where it comes from. */
export type Grant = {
  readonly environmentId: string
  readonly customerId: string
  readonly currency: string
  readonly source: 'CREDIT_NOTE' | 'PAYMENT' | 'REFUND'
  readonly sourceId: string
  readonly minor: bigint
  readonly at: Temporal.Instant | string
}

/** Writes down what customers have to their credit. The books are the caller's. Nothing is written for nothing. */
export function grantCredits(deps: Pick<Deps, 'ids'>, tx: Tx, grants: readonly Grant[]): void {
  const given = grants.filter(({ minor }) => minor > 0n)
  if (given.length === 0) return
  const environments = given.map(({ environmentId }) => environmentId)
  const customers = given.map(({ customerId }) => customerId)
  const currencies = given.map(({ currency }) => currency)
  const amounts = given.map(({ minor }) => minor)
  tx.defer(
    insertCredits(
      environments,
      given.map(() => deps.ids.next()),
      customers,
      currencies,
      given.map(({ source }) => source),
      given.map(({ sourceId }) => sourceId),
      amounts,
      given.map(({ at }) => at),
    ),
  )
  tx.defer(moveBalances(environments, customers, currencies, amounts))
}

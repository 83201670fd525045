import type { Ratio } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import type { RatedUsage } from './rate.ts'
import { addRatings } from './ratings-sql.ts'

/** What a charge costs over a window: what its lines bill of it, and the least that it costs; in minor units. */
export type BilledUsage = { readonly rated: RatedUsage; readonly billed: Ratio; readonly least: Ratio }

/** Remembers what windows have been billed for, so that what comes late is the difference to it. */
export function rememberBilled(tx: Tx, billed: readonly BilledUsage[]): void {
  if (billed.length === 0) return
  const rated = billed.map((one) => one.rated)
  tx.defer(
    addRatings(
      rated.map(({ environmentId }) => environmentId),
      rated.map(({ subscriptionId }) => subscriptionId),
      rated.map(({ from }) => isoMs(from)),
      rated.map(({ chargeId }) => chargeId),
      rated.map(({ to }) => isoMs(to)),
      rated.map(({ revision }) => revision),
      rated.map(({ currency }) => currency),
      rated.map(({ wholeFrom }) => isoMs(wholeFrom)),
      rated.map(({ wholeTo }) => isoMs(wholeTo)),
      billed.map(({ least }) => String(least.numerator)),
      billed.map(({ least }) => String(least.denominator)),
      billed.map((one) => String(one.billed.numerator)),
      billed.map((one) => String(one.billed.denominator)),
      rated.map(({ ownRevision }) => ownRevision),
    ),
  )
}

function isoMs(ms: number): string {
  return new Date(ms).toISOString()
}

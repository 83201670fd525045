import { type Ratio, ratio } from '@novabilling/core/money'
import type { AskedCharge } from './rate.ts'
import type { RatingRow, StoredFraction } from './ratings-sql.ts'

/** A charge over a window that has been billed, to be priced again as it was. */
export function askedAgain(row: RatingRow): AskedCharge {
  return {
    environmentId: row.environment_id,
    subscriptionId: row.subscription_id,
    currency: row.currency,
    chargeId: row.charge_id,
    revision: row.revision,
    ownRevision: row.own_revision,
    metricId: row.metric_id,
    name: row.name,
    model: row.charge_model,
    prorated: row.prorated,
    filters: row.filters,
    price: row.price,
    from: row.window_from.epochMilliseconds,
    to: row.window_to.epochMilliseconds,
    wholeFrom: row.whole_from.epochMilliseconds,
    wholeTo: row.whole_to.epochMilliseconds,
  }
}

export function fractionOf([numerator, denominator]: StoredFraction): Ratio {
  return ratio(BigInt(numerator), BigInt(denominator))
}

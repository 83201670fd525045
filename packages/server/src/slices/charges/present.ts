import { type Properties, type Step } from '@novabilling/core/price'
import { type Ratio, toRoundedDecimal, toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { Charge, ChargePrice, ChargeProperties, PriceStep } from './schema.ts'
import type { ChargeRow, StoredPrice } from './sql.ts'

export function presentCharge(row: ChargeRow): Charge {
  return {
    id: publicId('charge', row.id),
    planId: publicId('plan', row.plan_id),
    billableMetricId: publicId('billableMetric', row.billable_metric_id),
    chargeModel: row.charge_model,
    billingTiming: row.billing_timing,
    prices: row.prices.map(presentPrice),
    filters: row.filters,
    prorated: row.prorated,
    displayName: row.display_name,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

export function presentPrice({ currency, properties, minimum }: StoredPrice): ChargePrice {
  return {
    currency,
    properties: presentProperties(properties),
    minAmount: minimum === null ? null : toMajorNumber({ currency, minor: BigInt(minimum) }),
  }
}

/** Numbers of 15 digits hold every decimal that is read. */
function presentProperties({ tiers, freeEvents, ...decimals }: Properties): ChargeProperties {
  const numbers = Object.entries(decimals).map(([name, digits]) => [name, Number(digits)])
  return {
    ...Object.fromEntries(numbers),
    ...(freeEvents === undefined ? {} : { freeEvents }),
    ...(tiers === undefined
      ? {}
      : {
          tiers: tiers.map(({ upTo, unitPrice, flatAmount }) => ({
            upTo: upTo === null ? null : Number(upTo),
            unitPrice: Number(unitPrice),
            flatAmount: Number(flatAmount),
          })),
        }),
  }
}

export function presentStep({ kind, from, upTo, quantity, unitPrice, amount }: Step): PriceStep {
  return {
    kind,
    from: from && exact(from),
    upTo: upTo && exact(upTo),
    quantity: exact(quantity),
    unitPrice: exact(unitPrice),
    amount: exact(amount),
  }
}

/** What prices and quantities of at most 14 decimals make has at most 28. */
export function exact(value: Ratio): string {
  return toRoundedDecimal(value, 28)
}

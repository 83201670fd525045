import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { Plan } from './schema.ts'
import type { AmountIn, PlanRow } from './sql.ts'

export function presentPlan(row: PlanRow): Plan {
  return {
    id: publicId('plan', row.id),
    name: row.name,
    code: row.code,
    description: row.description,
    billingInterval: row.billing_interval,
    intervalCount: row.interval_count,
    billingTiming: row.billing_timing,
    features: row.features,
    prices: row.prices.map(({ id, currency, amount_minor, created_at }) => ({
      id: publicId('price', id),
      currency,
      amount: toMajorNumber({ currency, minor: BigInt(amount_minor) }),
      createdAt: created_at,
    })),
    trialDays: row.trial_days,
    netPaymentTerms: row.net_payment_terms,
    invoiceGracePeriodDays: row.invoice_grace_days,
    minimumCommitment: presentAmounts(row.minimum_commitment),
    progressiveBillingThreshold: presentAmounts(row.progressive_threshold),
    isActive: row.is_active,
    metadata: row.metadata,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

function presentAmounts(amounts: readonly AmountIn[]): Plan['minimumCommitment'] {
  return amounts.map(({ currency, minor }) => ({
    currency,
    amount: toMajorNumber({ currency, minor: BigInt(minor) }),
  }))
}

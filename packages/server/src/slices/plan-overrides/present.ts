import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import { presentPrice } from '../charges/index.ts'
import type { PlanOverride } from './schema.ts'
import type { OverrideRow } from './sql.ts'

export function presentOverride(row: OverrideRow): PlanOverride {
  return {
    id: publicId('planOverride', row.id),
    customerId: publicId('customer', row.customer_id),
    planId: publicId('plan', row.plan_id),
    prices: row.prices.map(({ currency, minor }) => shown(currency, minor)),
    minimumCommitment: row.prices.flatMap(({ currency, commitment }) =>
      commitment === null ? [] : [shown(currency, commitment)],
    ),
    charges: row.charges.map(({ id, prices }) => ({
      chargeId: publicId('charge', id),
      prices: prices.map(presentPrice),
    })),
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

function shown(currency: string, minor: string): PlanOverride['prices'][number] {
  return { currency, amount: toMajorNumber({ currency, minor: BigInt(minor) }) }
}

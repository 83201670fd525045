import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { AddOn, AppliedAddOn } from './schema.ts'
import type { AddOnRow, AppliedRow } from './sql.ts'

export function presentAddOn(row: AddOnRow): AddOn {
  return {
    id: publicId('addOn', row.id),
    name: row.name,
    code: row.code,
    description: row.description,
    prices: row.prices.map(({ currency, minor }) => ({
      currency,
      amount: toMajorNumber({ currency, minor: BigInt(minor) }),
    })),
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

export function presentApplied(row: AppliedRow): AppliedAddOn {
  return {
    id: publicId('appliedAddOn', row.id),
    addOnId: publicId('addOn', row.add_on_id),
    customerId: publicId('customer', row.customer_id),
    subscriptionId: row.subscription_id === null ? null : publicId('subscription', row.subscription_id),
    description: row.description,
    quantity: row.quantity,
    unitAmount: toMajorNumber({ currency: row.currency, minor: row.unit_minor }),
    currency: row.currency,
    status: row.removed_at !== null ? 'REMOVED' : row.invoice_id === null ? 'PENDING' : 'INVOICED',
    recurring: row.recurring,
    recurringId: row.recurring_id === null ? null : publicId('appliedAddOn', row.recurring_id),
    invoiceId: row.invoice_id === null ? null : publicId('invoice', row.invoice_id),
    createdAt: row.created_at,
  }
}

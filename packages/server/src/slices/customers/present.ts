import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { Customer } from './schema.ts'
import type { CustomerRow } from './sql.ts'

export function presentCustomer(row: CustomerRow): Customer {
  const { currency } = row
  return {
    id: publicId('customer', row.id),
    email: row.email,
    name: row.name,
    externalId: row.external_id,
    country: row.country,
    currency,
    timezone: row.timezone,
    address: row.address,
    taxId: row.tax_id,
    taxTreatment: row.tax_treatment,
    locale: row.locale,
    netPaymentTerms: row.net_payment_terms,
    metadata: row.metadata,
    status: row.status,
    totalSpent: toMajorNumber({ currency, minor: row.total_spent_minor }),
    activeSubscriptions: row.active_subscriptions,
    balance: toMajorNumber({ currency, minor: row.balance_minor }),
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

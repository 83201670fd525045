import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { Tax, TaxAssignment } from './schema.ts'
import type { AssignmentRow, TaxRow } from './sql.ts'

export function presentTax(row: TaxRow): Tax {
  return {
    id: publicId('tax', row.id),
    name: row.name,
    code: row.code,
    description: row.description,
    rate: Number(row.rate),
    components: row.components.map(({ name, code, rate, compound }) => ({
      name,
      code,
      rate: Number(rate),
      compound,
    })),
    country: row.country,
    inclusive: row.inclusive,
    appliedByDefault: row.applied_by_default,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

export function presentAssignment(row: AssignmentRow): TaxAssignment {
  return {
    id: publicId('taxAssignment', row.id),
    taxCode: row.tax_code,
    customerId: row.customer_id === null ? null : publicId('customer', row.customer_id),
    planId: row.plan_id === null ? null : publicId('plan', row.plan_id),
    chargeId: row.charge_id === null ? null : publicId('charge', row.charge_id),
    createdAt: isoInstant(row.created_at),
  }
}

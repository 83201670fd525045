import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Fault, invalid } from '../../refusal.ts'
import { presentTax } from './present.ts'
import { readRates } from './rates.ts'
import type { CreateTax, Tax } from './schema.ts'
import { type TaxRow, insertTax } from './sql.ts'

/** Sets up a tax. Refuses a code that another tax has from the same day on. */
export async function createTax(deps: Deps, tx: Tx, environmentId: string, input: CreateTax): Promise<Tax> {
  const faults: Fault[] = []
  const rates = readRates(input, faults)
  refuseDays(input, faults)
  if (faults.length > 0) throw invalid(...faults)
  const row: TaxRow = {
    id: deps.ids.next(),
    name: input.name,
    code: input.code,
    description: input.description ?? null,
    ...rates,
    country: input.country ?? null,
    inclusive: input.inclusive ?? false,
    applied_by_default: input.appliedByDefault ?? false,
    valid_from: input.validFrom ?? null,
    valid_to: input.validTo ?? null,
    created_at: tx.now,
    updated_at: tx.now,
  }
  tx.defer(
    insertTax(
      environmentId,
      row.id,
      row.name,
      row.code,
      row.description,
      row.rate,
      JSON.stringify(row.components),
      row.country,
      row.inclusive,
      row.applied_by_default,
      row.valid_from,
      row.valid_to,
      row.created_at,
    ),
  )
  return presentTax(row)
}

/** Adds a fault where a tax would end before it begins. */
export function refuseDays(
  { validFrom, validTo }: { validFrom?: string | null; validTo?: string | null },
  faults: Fault[],
): void {
  if (validFrom && validTo && validTo < validFrom)
    faults.push({ path: 'validTo', message: 'must not be before validFrom' })
}

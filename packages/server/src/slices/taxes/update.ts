import type { Tx } from '../../db/transaction.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { refuseDays } from './create.ts'
import { findTax } from './find.ts'
import { presentTax } from './present.ts'
import { readRates } from './rates.ts'
import type { Tax, UpdateTax } from './schema.ts'
import { type TaxRow, deleteTax, lockTax, saveTax } from './sql.ts'

/** Changes what is charged from now on. Documents keep the taxes they were issued with. */
export async function updateTax(tx: Tx, environmentId: string, id: string, input: UpdateTax): Promise<Tax> {
  const current = await lock(tx, environmentId, id)
  const saved: TaxRow = {
    ...current,
    name: input.name ?? current.name,
    description: given(input.description, current.description),
    country: given(input.country, current.country),
    inclusive: input.inclusive ?? current.inclusive,
    applied_by_default: input.appliedByDefault ?? current.applied_by_default,
    valid_from: given(input.validFrom, current.valid_from),
    valid_to: given(input.validTo, current.valid_to),
    updated_at: tx.now,
  }
  const faults: Fault[] = []
  if (input.rate !== undefined || input.components !== undefined) {
    if (current.components.length > 0 && input.components === undefined)
      faults.push({ path: 'rate', message: 'is what the components come to: change those' })
    else Object.assign(saved, readRates(input, faults))
  }
  refuseDays({ validFrom: saved.valid_from, validTo: saved.valid_to }, faults)
  if (faults.length > 0) throw invalid(...faults)
  tx.defer(
    saveTax(
      environmentId,
      saved.id,
      saved.name,
      saved.description,
      saved.rate,
      JSON.stringify(saved.components),
      saved.country,
      saved.inclusive,
      saved.applied_by_default,
      saved.valid_from,
      saved.valid_to,
      saved.updated_at,
    ),
  )
  return presentTax(saved)
}

/** Removes a tax; with the last one of its code, its assignments go too. Documents keep it. */
export async function removeTax(tx: Tx, environmentId: string, id: string): Promise<void> {
  const { id: stored } = await lock(tx, environmentId, id)
  tx.defer(deleteTax(environmentId, stored))
}

async function lock(tx: Tx, environmentId: string, id: string): Promise<TaxRow> {
  const found = await findTax(tx, environmentId, id)
  const [row] = await tx.query(lockTax(environmentId, found.id))
  if (!row) throw new Refusal('tax_not_found')
  return row
}

function given<T>(value: T | undefined, current: T): T {
  return value === undefined ? current : value
}

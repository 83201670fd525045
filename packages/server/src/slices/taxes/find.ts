import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { presentTax } from './present.ts'
import type { ListTaxes, Tax } from './schema.ts'
import { type TaxRow, taxById, taxColumns, taxSelect } from './sql.ts'

/** A tax by its public id. */
export async function findTax(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<TaxRow> {
  const stored = parseId('tax', id)
  const [row] = stored === undefined ? [] : await reader.query(taxById(environmentId, stored))
  if (!row) throw new Refusal('tax_not_found')
  return row
}

/** A page of taxes, newest first. */
export function listTaxes(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListTaxes,
): Promise<Page<Tax>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.code !== undefined) where.push(fragment`code = ${query.code}`)
  if (query.country !== undefined) where.push(fragment`country = ${query.country}`)
  return listPage({
    deps,
    reader,
    name: 'taxes.list',
    from: 'taxes',
    select: taxSelect,
    columns: taxColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => isoInstant(row.created_at),
    present: presentTax,
  })
}

import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { type Page, type Sort, containing, fragment, listPage } from '../../http/pages.ts'
import { presentCustomer } from './present.ts'
import type { Customer, ListCustomers } from './schema.ts'
import { customerColumns, customerSelect, type CustomerRow } from './sql.ts'

const sortings = {
  createdAt: {
    column: 'created_at',
    cast: 'timestamptz',
    value: (row: CustomerRow) => row.created_at.toString(),
  },
  name: { column: `coalesce(name, '')`, cast: 'text', value: (row: CustomerRow) => row.name ?? '' },
  email: { column: `coalesce(email, '')`, cast: 'text', value: (row: CustomerRow) => row.email ?? '' },
}

/** A page of customers, newest first unless asked otherwise. */
export function listCustomers(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListCustomers,
): Promise<Page<Customer>> {
  const { search, country, currency, status, sortBy = 'createdAt', sortOrder } = query
  const { column, cast, value } = sortings[sortBy]
  const descending = sortOrder === undefined ? sortBy === 'createdAt' : sortOrder === 'desc'
  const sort: Sort = { by: sortBy, column, cast, descending }
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (search !== undefined) {
    const pattern = containing(search)
    where.push(fragment`(name ilike ${pattern} or email ilike ${pattern} or external_id ilike ${pattern})`)
  }
  if (country !== undefined) where.push(fragment`country = ${country}`)
  if (currency !== undefined) where.push(fragment`currency = ${currency}`)
  if (status !== undefined) where.push(fragment`status = ${status}`)
  return listPage({
    deps,
    reader,
    name: 'customers.list',
    from: 'customers',
    select: customerSelect,
    columns: customerColumns,
    where,
    sort,
    query,
    sortValue: value,
    present: presentCustomer,
  })
}

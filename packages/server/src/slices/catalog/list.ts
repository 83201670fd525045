import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { presentPlan } from './present.ts'
import type { ListPlans, Plan } from './schema.ts'
import { planColumns, planSelect } from './sql.ts'

/** A page of plans, newest first. */
export function listPlans(deps: Deps, reader: Reader, environmentId: string, query: ListPlans): Promise<Page<Plan>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.isActive !== undefined) where.push(fragment`is_active = ${query.isActive}`)
  if (query.search !== undefined) {
    const pattern = `%${query.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    where.push(fragment`(name ilike ${pattern} or code ilike ${pattern})`)
  }
  return listPage({
    deps,
    reader,
    name: 'catalog.plans',
    from: 'plans',
    select: planSelect,
    columns: planColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentPlan,
  })
}

import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findPlan } from '../catalog/index.ts'
import { findMetric } from '../metrics/index.ts'
import { presentCharge } from './present.ts'
import type { Charge, ListCharges } from './schema.ts'
import { type ChargeRow, chargeById, chargeColumns, chargeSelect, chargeSource } from './sql.ts'

/** A charge by its id. */
export async function findCharge(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<ChargeRow> {
  const stored = parseId('charge', id)
  const [row] = stored === undefined ? [] : await reader.query(chargeById(environmentId, stored))
  if (!row) throw new Refusal('charge_not_found')
  return row
}

/** A page of charges, those of a plan or a metric where one is given, in the order they were made. */
export async function listCharges(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListCharges,
): Promise<Page<Charge>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`, fragment`archived_at is null`]
  if (query.planId !== undefined) {
    const plan = await findPlan(reader, environmentId, query.planId)
    where.push(fragment`plan_id = ${plan.id}::uuid`)
  }
  if (query.billableMetricId !== undefined) {
    const metric = await findMetric(reader, environmentId, query.billableMetricId)
    where.push(fragment`billable_metric_id = ${metric.id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'charges.list',
    from: chargeSource,
    select: chargeSelect,
    columns: chargeColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: false },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentCharge,
  })
}

import type { Reader } from '../../db/transaction.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type PlanRow, planById } from './sql.ts'

/** A plan with the prices that new subscriptions can have. */
export async function findPlan(reader: Pick<Reader, 'query'>, environmentId: string, id: string): Promise<PlanRow> {
  const uuid = parseId('plan', id)
  const [row] = uuid === undefined ? [] : await reader.query(planById(environmentId, uuid))
  if (!row) throw new Refusal('plan_not_found')
  return row
}

import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { findPlan } from '../catalog/index.ts'
import { findCustomer } from '../customers/index.ts'
import { presentAssignment } from './present.ts'
import type { AssignTax, ListAssignments, TaxAssignment } from './schema.ts'
import {
  type AssignmentRow,
  assignmentById,
  assignmentColumns,
  assignmentSelect,
  chargeToTax,
  deleteAssignment,
  insertAssignment,
  knownCodes,
} from './sql.ts'

/** Gives a customer, a plan or a charge a tax, by its code. Refuses a code that no tax has, and one that is assigned already. */
export async function assignTax(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: AssignTax,
): Promise<TaxAssignment> {
  const { taxCode, customerId, planId, chargeId } = input
  if ([customerId, planId, chargeId].filter((id) => id !== undefined).length !== 1)
    throw invalid({
      path: 'customerId',
      message: 'or planId or chargeId must be given, and one of them only',
    })
  const customer = customerId === undefined ? null : await findCustomer(tx, environmentId, customerId)
  const plan = planId === undefined ? null : await findPlan(tx, environmentId, planId)
  const charge = chargeId === undefined ? null : await findCharge(tx, environmentId, chargeId)
  await refuseUnknownCodes(tx, environmentId, [{ path: 'taxCode', code: taxCode }])
  const row: AssignmentRow = {
    id: deps.ids.next(),
    tax_code: taxCode,
    customer_id: customer?.id ?? null,
    plan_id: plan?.id ?? null,
    charge_id: charge,
    created_at: tx.now,
  }
  tx.defer(
    insertAssignment(
      environmentId,
      row.id,
      row.tax_code,
      row.customer_id,
      row.plan_id,
      row.charge_id,
      row.created_at,
    ),
  )
  return presentAssignment(row)
}

/** Takes a tax from what it is assigned to. */
export async function unassignTax(tx: Tx, environmentId: string, id: string): Promise<void> {
  const stored = parseId('taxAssignment', id)
  const [row] = stored === undefined ? [] : await tx.query(assignmentById(environmentId, stored))
  if (!row) throw new Refusal('tax_assignment_not_found')
  tx.defer(deleteAssignment(environmentId, row.id))
}

/** A page of assignments, newest first. An unknown customer, plan or charge is refused. */
export async function listAssignments(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListAssignments,
): Promise<Page<TaxAssignment>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.taxCode !== undefined) where.push(fragment`tax_code = ${query.taxCode}`)
  if (query.customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, query.customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (query.planId !== undefined) {
    const { id } = await findPlan(reader, environmentId, query.planId)
    where.push(fragment`plan_id = ${id}::uuid`)
  }
  if (query.chargeId !== undefined) {
    const id = await findCharge(reader, environmentId, query.chargeId)
    where.push(fragment`charge_id = ${id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'taxes.list_assignments',
    from: 'tax_assignments',
    select: assignmentSelect,
    columns: assignmentColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => isoInstant(row.created_at),
    present: presentAssignment,
  })
}

async function findCharge(reader: Pick<Reader, 'query'>, environmentId: string, id: string): Promise<string> {
  const stored = parseId('charge', id)
  const [row] = stored === undefined ? [] : await reader.query(chargeToTax(environmentId, stored))
  if (!row) throw new Refusal('charge_not_found')
  return row.id
}

/** Refuses codes that no tax of the environment has, each at its place. */
export async function refuseUnknownCodes(
  tx: Pick<Tx, 'query'>,
  environmentId: string,
  named: readonly { readonly path: string; readonly code: string }[],
): Promise<void> {
  if (named.length === 0) return
  const codes = [...new Set(named.map(({ code }) => code))]
  const known = new Set((await tx.query(knownCodes(environmentId, codes))).map(({ code }) => code))
  const unknown = named.filter(({ code }) => !known.has(code))
  if (unknown.length > 0)
    throw invalid(...unknown.map(({ path, code }) => ({ path, message: `names ${code}, which is no tax` })))
}

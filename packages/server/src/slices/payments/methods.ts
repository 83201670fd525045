import type { Deps } from '../../deps.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { findCustomer, lockCustomer } from '../customers/index.ts'
import { accountsFor, availableProvider, providerNamed } from '../providers/index.ts'
import {
  type MethodRow,
  archiveMethod,
  clearDefault,
  insertMethod,
  makeDefault,
  methodById,
  methodColumns,
  methodSelect,
  methodsOfCustomer,
  tokenPlace,
} from './methods-sql.ts'
import { presentMethod } from './present.ts'
import type { CreatePaymentMethod, ListPaymentMethods, PaymentMethod } from './schema.ts'

/** Adds a way to pay. The token is sealed; the first of a customer becomes its default. */
export async function addPaymentMethod(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreatePaymentMethod,
): Promise<PaymentMethod> {
  const faults = faultsOf(input)
  if (faults.length > 0) throw invalid(...faults)
  const customer = await lockedCustomer(tx, environmentId, input.customerId)
  if (customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const { account } = availableProvider(input.provider, { isTest: tx.scope.isTest ?? false })
  const accounts = account ? await accountsFor(tx, environmentId, { country: customer.country }) : []
  const keeper = accounts.find(({ provider }) => provider === input.provider)
  if (account && !keeper) throw new Refusal('provider_not_configured')

  const others = await tx.query(methodsOfCustomer(environmentId, customer.id))
  const row: MethodRow = {
    id: deps.ids.next(),
    customer_id: customer.id,
    provider: input.provider,
    type: input.type ?? 'CARD',
    brand: input.brand ?? null,
    last4: input.last4 ?? null,
    exp_month: input.expMonth ?? null,
    exp_year: input.expYear ?? null,
    phone: input.phone ?? null,
    is_default: input.isDefault === true || others.length === 0,
    created_at: tx.now,
  }
  if (row.is_default) tx.defer(clearDefault(environmentId, customer.id))
  tx.defer(
    insertMethod(
      environmentId,
      row.id,
      row.customer_id,
      row.provider,
      deps.sealer.seal(input.token, tokenPlace(environmentId, row.id)),
      row.type,
      row.brand,
      row.last4,
      row.exp_month,
      row.exp_year,
      row.phone,
      row.is_default,
      row.created_at,
      keeper?.id ?? null,
    ),
  )
  return presentMethod(row)
}

/** Makes a method the customer's default, or takes that from it. */
export async function setDefaultMethod(
  tx: Tx,
  environmentId: string,
  id: string,
  isDefault: boolean,
): Promise<PaymentMethod> {
  const { method } = await lockedMethods(tx, environmentId, id)
  if (method.is_default === isDefault) return presentMethod(method)
  tx.defer(clearDefault(environmentId, method.customer_id))
  if (isDefault) tx.defer(makeDefault(environmentId, method.id))
  return presentMethod({ ...method, is_default: isDefault })
}

/** Takes a method away: nothing is charged to it any more. The newest other one becomes the default in its place. */
export async function removePaymentMethod(tx: Tx, environmentId: string, id: string): Promise<void> {
  const { method, others } = await lockedMethods(tx, environmentId, id)
  tx.defer(archiveMethod(environmentId, method.id, tx.now))
  const [next] = others
  if (method.is_default && next) tx.defer(makeDefault(environmentId, next.id))
}

/** A method that is still there, by its public id. @throws Refusal payment_method_not_found */
export async function findPaymentMethod(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<MethodRow> {
  const uuid = parseId('paymentMethod', id)
  const [row] = uuid === undefined ? [] : await reader.query(methodById(environmentId, uuid))
  if (!row) throw new Refusal('payment_method_not_found')
  return row
}

/** A page of payment methods, newest first. */
export async function listPaymentMethods(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListPaymentMethods,
): Promise<Page<PaymentMethod>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`, fragment`archived_at is null`]
  if (query.customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, query.customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'payment_methods.list',
    from: 'payment_methods',
    select: methodSelect,
    columns: methodColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentMethod,
  })
}

function faultsOf({ provider, token, expMonth, expYear }: CreatePaymentMethod): Fault[] {
  const faults: Fault[] = []
  const tokenFault = providerNamed(provider).tokenFault(token)
  if (tokenFault !== undefined) faults.push({ path: 'token', message: tokenFault })
  if (expYear === undefined && expMonth !== undefined)
    faults.push({ path: 'expYear', message: 'goes with expMonth' })
  if (expMonth === undefined && expYear !== undefined)
    faults.push({ path: 'expMonth', message: 'goes with expYear' })
  return faults
}

/** The customer's row is the lock for its set of methods. */
async function lockedCustomer(tx: Tx, environmentId: string, id: string) {
  const { id: uuid } = await findCustomer(tx, environmentId, id)
  const [customer] = await tx.query(lockCustomer(environmentId, uuid))
  if (!customer) throw new Refusal('customer_not_found')
  return customer
}

async function lockedMethods(
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<{ method: MethodRow; others: MethodRow[] }> {
  const { customer_id } = await findPaymentMethod(tx, environmentId, id)
  await tx.query(lockCustomer(environmentId, customer_id))
  const all = await tx.query(methodsOfCustomer(environmentId, customer_id))
  const method = all.find((row) => row.id === parseId('paymentMethod', id))
  if (!method) throw new Refusal('payment_method_not_found')
  return { method, others: all.filter((row) => row !== method) }
}

import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from './find.ts'
import { presentCustomer } from './present.ts'
import type { Customer, UpdateCustomer } from './schema.ts'
import { amountsIn, lockCustomer, saveCustomer, type CustomerRow } from './sql.ts'

/** Changes a profile. What is not given stays; null empties a field. Issued invoices keep what they said. */
export async function updateCustomer(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateCustomer,
): Promise<Customer> {
  const { id: uuid } = await findCustomer(tx, environmentId, id)
  const [current] = await tx.query(lockCustomer(environmentId, uuid))
  if (!current) throw new Refusal('customer_not_found')
  if (current.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const hasAmounts = current.total_spent_minor !== 0n || current.balance_minor !== 0n
  if (hasAmounts && input.currency !== undefined && input.currency !== current.currency) {
    throw new Refusal('customer_currency_in_use')
  }

  const [amounts] =
    input.currency === undefined || input.currency === current.currency
      ? []
      : await tx.query(amountsIn(environmentId, uuid, input.currency))
  const saved: CustomerRow = {
    ...current,
    total_spent_minor: amounts?.spent_minor ?? current.total_spent_minor,
    balance_minor: amounts?.balance_minor ?? current.balance_minor,
    email: input.email?.toLowerCase() ?? current.email,
    name: given(input.name, current.name),
    external_id: given(input.externalId, current.external_id),
    country: given(input.country, current.country),
    currency: input.currency ?? current.currency,
    timezone: input.timezone ?? current.timezone,
    address: given(input.address, current.address),
    tax_id: given(input.taxId, current.tax_id),
    tax_treatment: input.taxTreatment ?? current.tax_treatment,
    locale: given(input.locale, current.locale),
    net_payment_terms: given(input.netPaymentTerms, current.net_payment_terms),
    metadata: input.metadata ?? current.metadata,
    updated_at: tx.now,
  }
  storeCustomer(tx, environmentId, saved)
  const customer = presentCustomer(saved)
  recordEvents(tx, deps, [{ type: 'customer.updated', resourceId: saved.id, resource: customer }])
  return customer
}

/** Writes a whole profile down. */
export function storeCustomer(tx: Tx, environmentId: string, row: CustomerRow): void {
  tx.defer(
    saveCustomer(
      environmentId,
      row.id,
      row.email,
      row.name,
      row.external_id,
      row.country,
      row.currency,
      row.timezone,
      row.address && JSON.stringify(row.address),
      row.tax_id,
      row.locale,
      row.net_payment_terms,
      JSON.stringify(row.metadata),
      row.status,
      row.updated_at,
      row.total_spent_minor,
      row.balance_minor,
      row.tax_treatment,
    ),
  )
}

function given<T>(value: T | undefined, current: T): T {
  return value === undefined ? current : value
}

import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import { invalid } from '../../refusal.ts'
import { presentCustomer } from './present.ts'
import type { CreateCustomer, Customer } from './schema.ts'
import { customerDefaults, insertCustomer, type CustomerRow } from './sql.ts'

/**
 * Makes a customer. What it does not say of currency and time zone it takes from the tenant.
 * Refuses an e-mail address or an externalId that another customer of the environment has.
 */
export async function createCustomer(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateCustomer,
): Promise<Customer> {
  const createdAt = input.createdAt === undefined ? tx.now : Temporal.Instant.from(input.createdAt)
  if (Temporal.Instant.compare(createdAt, tx.now) > 0)
    throw invalid({ path: 'createdAt', message: 'must not be later than now' })
  const row: CustomerRow = {
    id: deps.ids.next(),
    email: input.email.toLowerCase(),
    name: input.name ?? null,
    external_id: input.externalId ?? null,
    country: input.country ?? null,
    ...(await localDefaults(tx, input)),
    address: input.address ?? null,
    tax_id: input.taxId ?? null,
    tax_treatment: input.taxTreatment ?? 'AUTOMATIC',
    locale: input.locale ?? null,
    net_payment_terms: input.netPaymentTerms ?? null,
    metadata: input.metadata ?? {},
    status: 'ACTIVE',
    total_spent_minor: 0n,
    active_subscriptions: 0,
    balance_minor: 0n,
    created_at: createdAt,
    updated_at: tx.now,
  }
  tx.defer(
    insertCustomer(
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
      row.created_at,
      row.updated_at,
      row.tax_treatment,
    ),
  )
  const customer = presentCustomer(row)
  recordEvents(tx, deps, [{ type: 'customer.created', resourceId: row.id, resource: customer }])
  return customer
}

async function localDefaults(
  tx: Tx,
  { currency, timezone }: CreateCustomer,
): Promise<{ currency: string; timezone: string }> {
  if (currency !== undefined && timezone !== undefined) return { currency, timezone }
  const [tenant] = await tx.query(customerDefaults(tx.scope.tenantId))
  if (!tenant) throw new Error('a tenant vanished')
  return { currency: currency ?? tenant.currency, timezone: timezone ?? tenant.timezone }
}

import {
  type RowOf,
  bigint,
  command,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

export const customerColumns = {
  id: uuid,
  email: nullable(text),
  name: nullable(text),
  external_id: nullable(text),
  country: nullable(text),
  currency: text,
  timezone: text,
  address: nullable(json<Record<string, string>>()),
  tax_id: nullable(text),
  tax_treatment: oneOf('AUTOMATIC', 'EXEMPT', 'REVERSE_CHARGE'),
  locale: nullable(text),
  net_payment_terms: nullable(integer),
  metadata: json<Record<string, string | number | boolean>>(),
  status: oneOf('ACTIVE', 'ARCHIVED'),
  total_spent_minor: bigint,
  active_subscriptions: integer,
  balance_minor: bigint,
  created_at: instant,
  updated_at: instant,
}
export type CustomerRow = RowOf<typeof customerColumns>

export const customerSelect = Object.keys(customerColumns).join(', ')

export const customerById = statement(
  'customers.by_id',
  `select ${customerSelect} from customers where environment_id = $1::uuid and id = $2::uuid`,
  customerColumns,
)

export const customerByExternalId = statement(
  'customers.by_external_id',
  `select ${customerSelect} from customers where environment_id = $1::uuid and external_id = $2`,
  customerColumns,
)

/** Against other changes only: rows that refer to the customer can be added meanwhile. */
export const lockCustomer = statement(
  'customers.lock',
  `select ${customerSelect} from customers where environment_id = $1::uuid and id = $2::uuid for no key update`,
  customerColumns,
)

/** What a customer has spent and has to its credit in a currency, which it may not have had as its own. */
export const amountsIn = statement(
  'customers.amounts_in',
  `select
     (select coalesce(sum(i.paid_minor), 0)::bigint from invoices i
      where i.environment_id = $1::uuid and i.customer_id = $2::uuid and i.currency = $3) as spent_minor,
     (select coalesce(sum(c.left_minor), 0)::bigint from customer_credits c
      where c.environment_id = $1::uuid and c.customer_id = $2::uuid and c.currency = $3) as balance_minor`,
  { spent_minor: bigint, balance_minor: bigint },
)

/** The tenant's own settings that a new customer takes over. */
export const customerDefaults = statement(
  'customers.defaults',
  `select currency, timezone from tenants where id = $1::uuid`,
  { currency: text, timezone: text },
)

export const insertCustomer = command(
  'customers.insert',
  `insert into customers (environment_id, id, email, name, external_id, country, currency, timezone, address, tax_id,
     locale, net_payment_terms, metadata, status, created_at, updated_at, tax_treatment)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'ACTIVE', $14, $15, $16)`,
)

export const saveCustomer = command(
  'customers.save',
  `update customers
   set email = $3, name = $4, external_id = $5, country = $6, currency = $7, timezone = $8, address = $9, tax_id = $10,
     total_spent_minor = $16, balance_minor = $17, locale = $11, net_payment_terms = $12, metadata = $13, status = $14, updated_at = $15,
     tax_treatment = $18
   where environment_id = $1::uuid and id = $2::uuid`,
)

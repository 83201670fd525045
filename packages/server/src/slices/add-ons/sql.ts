import {
  type RowOf,
  bigint,
  boolean,
  command,
  instant,
  instantText,
  integer,
  json,
  nullable,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

/** A price as it is stored, in minor units as text. */
export type StoredPrice = { readonly currency: string; readonly minor: string }

export const addOnColumns = {
  id: uuid,
  name: text,
  code: text,
  description: nullable(text),
  prices: json<readonly StoredPrice[]>(),
  created_at: instant,
  updated_at: instant,
}
export type AddOnRow = RowOf<typeof addOnColumns>

export const addOnSelect = Object.keys(addOnColumns).join(', ')

export const addOnById = statement(
  'add_ons.by_id',
  `select ${addOnSelect} from add_ons where environment_id = $1::uuid and id = $2::uuid`,
  addOnColumns,
)

export const lockAddOn = statement(
  'add_ons.lock',
  `select ${addOnSelect} from add_ons where environment_id = $1::uuid and id = $2::uuid for update`,
  addOnColumns,
)

export const insertAddOn = command(
  'add_ons.insert',
  `insert into add_ons (environment_id, id, name, code, description, prices, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $7)`,
)

export const saveAddOn = command(
  'add_ons.save',
  `update add_ons set name = $3, description = $4, prices = $5, updated_at = $6
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const addOnIsUsed = statement(
  'add_ons.is_used',
  `select exists (select from applied_add_ons where environment_id = $1::uuid and add_on_id = $2::uuid) as used`,
  { used: boolean },
)

export const deleteAddOn = command(
  'add_ons.delete',
  `delete from add_ons where environment_id = $1::uuid and id = $2::uuid`,
)

export const appliedColumns = {
  id: uuid,
  add_on_id: uuid,
  customer_id: uuid,
  subscription_id: nullable(uuid),
  description: text,
  quantity: integer,
  unit_minor: bigint,
  currency: text,
  invoice_now: boolean,
  invoice_id: nullable(uuid),
  removed_at: nullable(instantText),
  recurring: boolean,
  recurring_id: nullable(uuid),
  created_at: instantText,
}
export type AppliedRow = RowOf<typeof appliedColumns>

export const appliedSelect = Object.keys(appliedColumns).join(', ')

export const lockApplied = statement(
  'add_ons.lock_applied',
  `select ${appliedSelect} from applied_add_ons where environment_id = $1::uuid and id = $2::uuid for no key update`,
  appliedColumns,
)

export const insertApplied = command(
  'add_ons.insert_applied',
  `insert into applied_add_ons (environment_id, id, add_on_id, customer_id, subscription_id, description, quantity,
     unit_minor, currency, invoice_now, invoice_id, created_at, recurring)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
)

export const removeApplied = command(
  'add_ons.remove_applied',
  `update applied_add_ons set removed_at = $3 where environment_id = $1::uuid and id = $2::uuid and invoice_id is null`,
)

const toBillColumns = {
  environment_id: uuid,
  id: uuid,
  customer_id: uuid,
  subscription_id: nullable(uuid),
  description: text,
  quantity: integer,
  unit_minor: bigint,
  currency: text,
  recurring: boolean,
}
export type AddOnToBill = RowOf<typeof toBillColumns>

/** What these customers are to be charged for on their next invoices, the oldest first, held until the transaction ends. */
export const addOnsToBill = statement(
  'add_ons.to_bill',
  `select a.environment_id, a.id, a.customer_id, a.subscription_id, a.description, a.quantity, a.unit_minor, a.currency,
     a.recurring
   from applied_add_ons a
   where (a.environment_id, a.customer_id) in (
       select u.environment_id, u.customer_id from unnest($1::uuid[], $2::uuid[]) as u (environment_id, customer_id)
     )
     and a.invoice_id is null and a.removed_at is null
   order by a.environment_id, a.customer_id, a.created_at, a.id
   for no key update`,
  toBillColumns,
)

export const markBilled = command(
  'add_ons.mark_billed',
  `update applied_add_ons a set invoice_id = u.invoice_id
   from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as u (environment_id, id, invoice_id)
   where a.environment_id = u.environment_id and a.id = u.id`,
)

/** What invoices of periods charge of recurring add-ons, each a row of its own. */
export const insertCharged = command(
  'add_ons.insert_charged',
  `insert into applied_add_ons (environment_id, id, add_on_id, customer_id, subscription_id, description, quantity,
     unit_minor, currency, invoice_now, invoice_id, created_at, recurring_id)
   select a.environment_id, u.id, a.add_on_id, a.customer_id, a.subscription_id, a.description, a.quantity, a.unit_minor,
     a.currency, false, u.invoice_id, u.at, a.id
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
     as u (environment_id, id, recurring_id, invoice_id, at)
   join applied_add_ons a on a.environment_id = u.environment_id and a.id = u.recurring_id`,
)

/**
 * Add-ons of invoices that are void await the next one; those that had an invoice of their own, or were of the period
 * that it charged, are done with.
 */
export const returnAddOns = command(
  'add_ons.return',
  `update applied_add_ons
   set invoice_id = null, removed_at = case when invoice_now or recurring_id is not null then $3::timestamptz end
   where environment_id = $1::uuid and invoice_id = any($2::uuid[])`,
)

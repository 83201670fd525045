import {
  type RowOf,
  bigint,
  boolean,
  command,
  day,
  instantText,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { invoiceKinds, invoiceStatuses, type lineTypes, termsSources } from './schema.ts'
import type { StoredDerivation } from './derivation.ts'
import type { DiscountOfInvoice, TaxOfInvoice, TaxOfLine } from './price.ts'

/** Who the invoice is from or to, as they were when it was issued. */
export type PartySnapshot = {
  readonly name: string | null
  readonly email: string | null
  readonly taxId: string | null
  readonly country: string | null
  readonly address: Record<string, string> | null
}
/** The customer's language and time zone decide how its documents read. */
export type BillTo = PartySnapshot & { readonly locale: string | null; readonly timezone: string }
export type Issuer = PartySnapshot & {
  readonly footer: string | null
  readonly brandColor: string | null
  /** By the digest of its bytes. What was issued before logos were kept has none of the following. */
  readonly logo?: string | null
  readonly paper?: 'A4' | 'LETTER' | null
  readonly fiscal?: readonly { readonly label: string; readonly value: string }[]
}

/** A line as it is read with its invoice. Amounts are text, for JSON has no integers of 64 bits. */
export type LineOfInvoice = {
  readonly id: string
  readonly type: (typeof lineTypes)[number]
  readonly description: string
  readonly quantity: string
  readonly unit: string
  readonly minor: string
  readonly discount: string
  readonly from: string | null
  readonly to: string | null
  /** Charged in advance, and earned over its days. */
  readonly isDeferred: boolean
  readonly taxes: readonly TaxOfLine[] | null
  /** Of taxes that were asked for by name; null: those of its plan, its customer or the default. */
  readonly taxCodes: readonly string[] | null
  /** Whose usage it charges; null: of nothing that is measured. */
  readonly metricId: string | null
}

const ownColumns = {
  environment_id: uuid,
  id: uuid,
  number: nullable(text),
  kind: oneOf(...invoiceKinds),
  customer_id: uuid,
  subscription_id: nullable(uuid),
  /** Of a draft of a period: whose taxes it will have. */
  plan_id: nullable(uuid),
  wallet_id: nullable(uuid),
  period_start: nullable(instantText),
  period_end: nullable(instantText),
  currency: text,
  status: oneOf(...invoiceStatuses),
  subtotal_minor: bigint,
  discount_minor: bigint,
  tax_minor: bigint,
  taxes: nullable(json<readonly TaxOfInvoice[]>()),
  discounts: nullable(json<readonly DiscountOfInvoice[]>()),
  total_minor: bigint,
  paid_minor: bigint,
  credited_minor: bigint,
  bill_to: json<BillTo>(),
  issuer: json<Issuer>(),
  finalize_at: nullable(instantText),
  issued_at: nullable(instantText),
  due_date: nullable(day),
  terms_days: nullable(integer),
  terms_from: nullable(oneOf(...termsSources)),
  paid_at: nullable(instantText),
  voided_at: nullable(instantText),
  notes: nullable(text),
  metadata: json<Record<string, string | number | boolean>>(),
  created_at: instantText,
  updated_at: instantText,
}
export const invoiceColumns = { ...ownColumns, lines: json<readonly LineOfInvoice[]>() }
export type InvoiceRow = RowOf<typeof invoiceColumns>

const iso = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export const invoiceSelect = `${Object.keys(ownColumns).join(', ')},
  (select coalesce(
     json_agg(json_build_object('id', l.id, 'type', l.type, 'description', l.description,
       'quantity', l.quantity::text, 'unit', l.unit_amount::text, 'minor', l.amount_minor::text,
       'discount', l.discount_minor::text, 'from', ${iso('l.period_start')}, 'to', ${iso('l.period_end')},
       'isDeferred', l.deferral is not null, 'taxes', l.taxes, 'taxCodes', l.tax_codes,
       'metricId', l.metric_id)
       order by l.position),
     '[]')
   from invoice_lines l
   where l.environment_id = invoices.environment_id and l.invoice_id = invoices.id) as lines`

export const invoiceById = statement(
  'invoices.by_id',
  `select ${invoiceSelect} from invoices where environment_id = $1::uuid and id = $2::uuid`,
  invoiceColumns,
)

export const invoicesByIds = statement(
  'invoices.by_ids',
  `select ${invoiceSelect} from invoices where environment_id = $1::uuid and id = any($2::uuid[]) order by id`,
  invoiceColumns,
)

export const derivationColumns = { id: uuid, derivation: nullable(json<StoredDerivation>()) }

/** How the lines of an invoice came about, in their order. */
export const derivationsOf = statement(
  'invoices.derivations',
  `select id, derivation from invoice_lines where environment_id = $1::uuid and invoice_id = $2::uuid order by position`,
  derivationColumns,
)

export const lockInvoicesByIds = statement(
  'invoices.lock_by_ids',
  `select id from invoices where environment_id = $1::uuid and id = any($2::uuid[]) order by id for no key update`,
  { id: uuid },
)

export const unpaidOfCustomer = statement(
  'invoices.unpaid_of_customer',
  `select id from invoices
   where environment_id = $1::uuid and customer_id = $2::uuid and status in ('PENDING', 'FAILED') order by id`,
  { id: uuid },
)

/** Those of these invoices of which something has been credited. */
export const withCreditNote = statement(
  'invoices.with_credit_note',
  `select distinct invoice_id as id from credit_notes
   where environment_id = $1::uuid and invoice_id = any($2::uuid[]) and status <> 'VOIDED'`,
  { id: uuid },
)

export const draftsOfCustomer = statement(
  'invoices.drafts_of_customer',
  `select id from invoices where environment_id = $1::uuid and customer_id = $2::uuid and status = 'DRAFT' order by id`,
  { id: uuid },
)

export const removeLines = command(
  'invoices.remove_lines',
  `delete from invoice_lines where environment_id = $1::uuid and invoice_id = any($2::uuid[])`,
)

export const removeDrafts = command(
  'invoices.remove_drafts',
  `delete from invoices where environment_id = $1::uuid and id = any($2::uuid[]) and status = 'DRAFT'`,
)

const issuerColumns = {
  environment_id: uuid,
  company_name: text,
  country: nullable(text),
  tax_id: nullable(text),
  address: nullable(json<Record<string, string>>()),
  prefix: nullable(text),
  footer: nullable(text),
  brand_color: nullable(text),
  logo_digest: nullable(text),
  paper: nullable(oneOf('A4', 'LETTER')),
  fiscal: nullable(json<NonNullable<Issuer['fiscal']>>()),
  net_payment_terms: nullable(integer),
  grace_days: integer,
  recognises: boolean,
}
export type IssuerRow = RowOf<typeof issuerColumns>

/** Who issues: the tenants behind these environments, and what their invoices need. */
export const issuersOf = statement(
  'invoices.issuers',
  `select e.id as environment_id, t.company_name, t.country, t.settings->>'taxId' as tax_id,
     t.settings->'address' as address, t.settings->>'invoicePrefix' as prefix,
     t.settings->>'invoiceFooter' as footer, t.settings->>'brandColor' as brand_color,
     t.logo_digest, t.settings->>'paperSize' as paper, t.settings->'fiscalFields' as fiscal,
     (t.settings->>'netPaymentTerms')::integer as net_payment_terms,
     coalesce((t.settings->>'invoiceGracePeriodDays')::integer, 0) as grace_days,
     exists (select from recognition_clocks c where c.environment_id = e.id) as recognises
   from environments e
   join tenants t on t.id = e.tenant_id
   where e.id = any($1::uuid[])`,
  issuerColumns,
)

/** Takes numbers for a whole set: the row's lock makes them gap-free, and only this environment waits for it. */
export const takeNumbers = statement(
  'invoices.take_numbers',
  `insert into invoice_counters (environment_id, year, last)
   select u.environment_id, u.year, u.count
   from unnest($1::uuid[], $2::integer[], $3::bigint[]) as u (environment_id, year, count)
   order by u.environment_id, u.year
   on conflict (environment_id, year) do update set last = invoice_counters.last + excluded.last
   returning environment_id, year, last`,
  { environment_id: uuid, year: integer, last: bigint },
)

/** Arrays of discounts, taxes and their amounts may be shorter than the others: what is left out has none. */
export const insertInvoices = command(
  'invoices.insert',
  `insert into invoices (environment_id, id, number, kind, customer_id, subscription_id, period_start, period_end,
     currency, status, subtotal_minor, discount_minor, tax_minor, total_minor, taxes, credited_minor, bill_to, issuer,
     issued_at, due_date, terms_days, terms_from, paid_at, overdue_at, on_test_clock, metadata, created_at, updated_at,
     finalize_at, plan_id, discounts)
   select u.environment_id, u.id, u.number, u.kind, u.customer_id, u.subscription_id, u.period_start, u.period_end,
     u.currency, u.status, u.subtotal_minor, coalesce(u.discount_minor, 0), coalesce(u.tax_minor, 0),
     u.subtotal_minor - coalesce(u.discount_minor, 0) + coalesce(u.tax_minor, 0), u.taxes::jsonb, u.credited_minor,
     u.bill_to, i.issuer, case when u.status <> 'DRAFT' then u.at end, u.due_date,
     u.terms_days, u.terms_from, case when u.status = 'PAID' then u.at end,
     (u.due_date + 1)::timestamp at time zone (u.bill_to->>'timezone'), e.clock_now is not null, '{}', u.at,
     u.at, u.finalize_at, u.plan_id, u.discounts::jsonb
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
     $8::text[], $9::text[], $10::bigint[], $11::jsonb[], $12::integer[], $13::timestamptz[], $14::date[],
     $15::integer[], $16::text[], $17::text[], $18::bigint[], $20::timestamptz[], $21::uuid[], $22::bigint[],
     $23::bigint[], $24::text[], $25::text[])
     as u (environment_id, id, number, customer_id, subscription_id, period_start, period_end, currency, status,
       subtotal_minor, bill_to, issuer_place, at, due_date, terms_days, terms_from, kind, credited_minor, finalize_at,
       plan_id, discount_minor, tax_minor, taxes, discounts)
   join environments e on e.id = u.environment_id
   join unnest($19::jsonb[]) with ordinality as i (issuer, place) on i.place = u.issuer_place`,
)

export const insertLines = command(
  'invoices.insert_lines',
  `insert into invoice_lines (environment_id, invoice_id, id, position, type, description, quantity, unit_amount,
     amount_minor, discount_minor, period_start, period_end, derivation, deferral, taxes, tax_codes,
     metric_id)
   select u.environment_id, u.invoice_id, u.id, u.position, u.type, u.description, u.quantity, u.unit_amount,
     u.amount_minor, coalesce(u.discount_minor, 0), u.period_start, u.period_end, u.derivation,
     -- what is charged in advance is earned over its period; all else is booked as revenue when it is issued
     case when u.is_deferred then 'NEW' end, u.taxes::jsonb, u.tax_codes::jsonb, u.metric_id
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::numeric[],
     $8::numeric[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::json[], $13::boolean[], $14::bigint[],
     $15::text[], $16::text[], $17::uuid[])
     as u (environment_id, invoice_id, id, position, type, description, quantity, unit_amount, amount_minor,
       period_start, period_end, derivation, is_deferred, discount_minor, taxes, tax_codes, metric_id)`,
)

/** Opens the books of environments for the recognition of revenue, on the local day of their first invoice. */
export const openRecognition = command(
  'invoices.open_recognition',
  `insert into recognition_clocks (environment_id, closed_through, due_at, on_test_clock)
   select e.id, (u.at at time zone t.timezone)::date - 1,
     ((u.at at time zone t.timezone)::date + 1)::timestamp at time zone t.timezone, e.clock_now is not null
   from unnest($1::uuid[], $2::timestamptz[]) as u (environment_id, at)
   join environments e on e.id = u.environment_id
   join tenants t on t.id = e.tenant_id
   on conflict (environment_id) do nothing`,
)

/** A draft becomes an issued invoice. */
export const issueDraft = command(
  'invoices.issue_draft',
  `update invoices i
   set number = $3, status = $4, bill_to = $5, issuer = $6, issued_at = $7, due_date = $8, paid_at = $9,
     credited_minor = $10, subtotal_minor = $13, discount_minor = $14, tax_minor = $15, total_minor = $16, taxes = $17,
     discounts = $18,
     overdue_at = ($8::date + 1)::timestamp at time zone ($5::jsonb->>'timezone'),
     on_test_clock = e.clock_now is not null, updated_at = $7, terms_days = $11, terms_from = $12, finalize_at = null
   from environments e
   where i.environment_id = $1::uuid and i.id = $2::uuid and e.id = i.environment_id`,
)

export const saveInvoiceStates = command(
  'invoices.save_states',
  `update invoices i
   set status = u.status, paid_minor = u.paid_minor, credited_minor = u.credited_minor, paid_at = u.paid_at,
     voided_at = u.voided_at, updated_at = u.updated_at
   from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[],
     $8::timestamptz[])
     as u (id, status, paid_minor, credited_minor, paid_at, voided_at, updated_at)
   where i.environment_id = $1::uuid and i.id = u.id`,
)

/** What a customer paid counts in its own currency only: amounts are never converted silently. */
export const addSpent = command(
  'invoices.add_spent',
  `update customers c
   set total_spent_minor = c.total_spent_minor + u.spent_minor
   from (
     select v.id, v.currency, sum(v.spent_minor)::bigint as spent_minor
     from unnest($2::uuid[], $3::text[], $4::bigint[]) as v (id, currency, spent_minor)
     group by v.id, v.currency
   ) u
   where c.environment_id = $1::uuid and c.id = u.id and c.currency = u.currency`,
)

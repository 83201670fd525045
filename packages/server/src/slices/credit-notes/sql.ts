import {
  type RowOf,
  bigint,
  boolean,
  command,
  instantText,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import type { BillTo, Issuer, TaxOfInvoice } from '../invoices/index.ts'
import type { StoredCredit } from './derivation.ts'
import { creditNoteReasons, creditNoteStatuses } from './schema.ts'

/** A line as it is read with its credit note. Amounts are text, for JSON has no integers of 64 bits. */
export type LineOfCreditNote = {
  readonly id: string
  readonly lineId: string
  readonly description: string
  /** Of the plan, that are given back; null where an amount was credited. */
  readonly units: number | null
  readonly minor: string
  readonly discount: string
  readonly isDeferred: boolean
  readonly from: string | null
  readonly to: string | null
}

const ownColumns = {
  id: uuid,
  number: nullable(text),
  status: oneOf(...creditNoteStatuses),
  invoice_id: uuid,
  customer_id: uuid,
  subscription_id: nullable(uuid),
  currency: text,
  reason: oneOf(...creditNoteReasons),
  subtotal_minor: bigint,
  discount_minor: bigint,
  tax_minor: bigint,
  taxes: nullable(json<readonly TaxOfInvoice[]>()),
  total_minor: bigint,
  settled_minor: bigint,
  refund_minor: bigint,
  balance_minor: bigint,
  bill_to: json<BillTo>(),
  issuer: json<Issuer>(),
  issued_at: nullable(instantText),
  voided_at: nullable(instantText),
  created_at: instantText,
  updated_at: instantText,
}
export const creditNoteColumns = { ...ownColumns, lines: json<readonly LineOfCreditNote[]>() }
export type CreditNoteRow = RowOf<typeof creditNoteColumns>

const iso = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export const creditNoteSelect = `${Object.keys(ownColumns).join(', ')},
  (select coalesce(
     json_agg(json_build_object('id', l.id, 'lineId', l.invoice_line_id, 'description', l.description,
       'units', l.units, 'minor', l.amount_minor::text, 'discount', l.discount_minor::text, 'isDeferred', l.deferral is not null,
       'from', ${iso('l.period_start')}, 'to', ${iso('l.period_end')})
       order by l.position),
     '[]')
   from credit_note_lines l
   where l.environment_id = credit_notes.environment_id and l.credit_note_id = credit_notes.id) as lines`

export const creditNoteById = statement(
  'credit_notes.by_id',
  `select ${creditNoteSelect} from credit_notes where environment_id = $1::uuid and id = $2::uuid`,
  creditNoteColumns,
)

/** Held until the transaction ends; its invoice is locked before it. */
export const lockCreditNote = statement(
  'credit_notes.lock',
  `select ${creditNoteSelect} from credit_notes where environment_id = $1::uuid and id = $2::uuid for no key update`,
  creditNoteColumns,
)

/** What the lines of these invoices were charged for, and what has been given back of them. */
export const creditedLines = statement(
  'credit_notes.credited_lines',
  `select l.invoice_id, l.id, coalesce(l.derivation->>'zone', i.bill_to->>'timezone') as zone,
     l.deferral is not null as is_deferred, coalesce(n.amount_minor, 0) as amount_minor,
     coalesce(n.discount_minor, 0) as discount_minor, coalesce(n.units, 0) as units
   from invoices i
   join invoice_lines l on l.environment_id = i.environment_id and l.invoice_id = i.id
   left join lateral (
     select sum(c.amount_minor) filter (where n.status = 'FINALIZED')::bigint as amount_minor,
       sum(c.discount_minor) filter (where n.status = 'FINALIZED')::bigint as discount_minor,
       -- a void takes the money back, and not the change that it came with
       sum(c.units) as units
     from credit_note_lines c
     join credit_notes n on n.environment_id = c.environment_id and n.id = c.credit_note_id
     where c.environment_id = l.environment_id and c.invoice_id = l.invoice_id and c.invoice_line_id = l.id
   ) n on true
   where i.environment_id = $1::uuid and i.id = any($2::uuid[])`,
  {
    invoice_id: uuid,
    id: uuid,
    zone: text,
    is_deferred: boolean,
    amount_minor: bigint,
    discount_minor: bigint,
    units: bigint,
  },
)

export const creditedTaxes = statement(
  'credit_notes.credited_taxes',
  `select n.invoice_id, t.code, t.rate, t.inclusive, sum(t.amount)::bigint as tax_minor
   from credit_notes n
   cross join lateral jsonb_to_recordset(n.taxes) as t (code text, rate text, inclusive boolean, amount bigint)
   where n.environment_id = $1::uuid and n.invoice_id = any($2::uuid[]) and n.status = 'FINALIZED'
   group by n.invoice_id, t.code, t.rate, t.inclusive`,
  { invoice_id: uuid, code: text, rate: text, inclusive: boolean, tax_minor: bigint },
)

/** Takes numbers for a set of one environment: the row's lock makes them gap-free. */
export const takeCreditNoteNumbers = statement(
  'credit_notes.take_numbers',
  `insert into credit_note_counters (environment_id, year, last)
   select $1::uuid, u.year, u.count from unnest($2::integer[], $3::bigint[]) as u (year, count) order by u.year
   on conflict (environment_id, year) do update set last = credit_note_counters.last + excluded.last
   returning year, last`,
  { year: integer, last: bigint },
)

export const insertCreditNotes = command(
  'credit_notes.insert',
  `insert into credit_notes (environment_id, id, number, status, invoice_id, customer_id, subscription_id, currency,
     reason, subtotal_minor, discount_minor, tax_minor, total_minor, settled_minor, refund_minor, balance_minor, bill_to,
     issuer, issued_at, created_at, updated_at, taxes)
   select $1::uuid, u.id, u.number, 'FINALIZED', u.invoice_id, u.customer_id, u.subscription_id, u.currency, u.reason,
     u.subtotal_minor, u.discount_minor, u.tax_minor, u.subtotal_minor - u.discount_minor + u.tax_minor,
     u.settled_minor, u.refund_minor, u.balance_minor, u.bill_to, u.issuer, $16, $16, $16, u.taxes::jsonb
   from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::bigint[],
     $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::jsonb[], $17::jsonb[], $18::text[])
     as u (id, number, invoice_id, customer_id, subscription_id, currency, reason, subtotal_minor, discount_minor,
       tax_minor, settled_minor, refund_minor, balance_minor, bill_to, issuer, taxes)`,
)

export const insertCreditNoteLines = command(
  'credit_notes.insert_lines',
  `insert into credit_note_lines (environment_id, credit_note_id, id, position, invoice_id, invoice_line_id, description,
     units, amount_minor, discount_minor, period_start, period_end, zone, deferral)
   select $1::uuid, u.credit_note_id, u.id, u.position, u.invoice_id, u.invoice_line_id, u.description, u.units,
     u.amount_minor, u.discount_minor, u.period_start, u.period_end, u.zone, case when u.is_deferred then 'NEW' end
   from unnest($2::uuid[], $3::uuid[], $4::integer[], $5::uuid[], $6::uuid[], $7::text[], $8::integer[], $9::bigint[],
     $10::bigint[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::boolean[])
     as u (credit_note_id, id, position, invoice_id, invoice_line_id, description, units, amount_minor, discount_minor,
       period_start, period_end, zone, is_deferred)`,
)

export const insertDerivations = command(
  'credit_notes.insert_derivations',
  `insert into credit_note_derivations (environment_id, credit_note_id, derivation)
   select $1::uuid, u.id, u.derivation from unnest($2::uuid[], $3::json[]) as u (id, derivation)`,
)

export const derivationOf = statement(
  'credit_notes.derivation',
  `select derivation from credit_note_derivations where environment_id = $1::uuid and credit_note_id = $2::uuid`,
  { derivation: json<StoredCredit>() },
)

export const saveVoidedCreditNote = command(
  'credit_notes.save_voided',
  `update credit_notes set status = 'VOIDED', voided_at = $3, updated_at = $3
   where environment_id = $1::uuid and id = $2::uuid`,
)

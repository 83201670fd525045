import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of credit notes and of what customers have to their credit. */
export const creditInvariants: readonly Invariant[] = [
  invariant(
    'credit_is_owed',
    'what the ledger owes customers is what they have to their credit, or is on its way back to them',
    `select environment_id, 'account customer_credit in ' || currency as place,
       'holds ' || sum(booked) || ' while ' || sum(kept) || ' is kept' as fault
     from (
       select environment_id, currency, -amount_minor as booked, 0 as kept
       from ledger_entries
       where account = 'customer_credit'
       union all
       select environment_id, currency, 0, left_minor from customer_credits
       union all
       select r.environment_id, p.currency, 0, r.amount_minor
       from refunds r
       join payments p on p.environment_id = r.environment_id and p.id = r.payment_id
       where r.credit_note_id is not null and r.status not in ('SUCCEEDED', 'FAILED')
     ) sides
     group by environment_id, currency
     having sum(booked) <> sum(kept)`,
  ),
  invariant(
    'credit_is_explained',
    'what is kept of how every credit note came about comes to what it credits',
    `select n.environment_id, 'credit note ' || n.number as place,
       'credits ' || n.total_minor || ' and is explained as ' || k.minor as fault
     from credit_notes n
     join credit_note_derivations d on d.environment_id = n.environment_id and d.credit_note_id = n.id
     cross join lateral (
       select coalesce(sum((l.value->>'amount')::bigint - (l.value->>'discount')::bigint), 0)
         + (select coalesce(sum((t.value->>'amount')::bigint), 0) from json_array_elements(d.derivation->'taxes') t) as minor
       from json_array_elements(d.derivation->'lines') l
     ) k
     where k.minor <> n.total_minor`,
  ),
  invariant(
    'balance_is_credit',
    'the balance of every customer is what is left of its credits in its currency',
    `select c.environment_id, 'customer ' || c.id as place,
       'has a balance of ' || c.balance_minor || ' and credits of ' || coalesce(l.minor, 0) as fault
     from customers c
     left join (
       select environment_id, customer_id, currency, sum(left_minor) as minor
       from customer_credits
       group by environment_id, customer_id, currency
     ) l on l.environment_id = c.environment_id and l.customer_id = c.id and l.currency = c.currency
     where c.balance_minor <> coalesce(l.minor, 0)`,
  ),
  invariant(
    'credit_is_spent_once',
    'what is gone of every credit is what it paid for invoices',
    `select c.environment_id, 'credit ' || c.id as place,
       'has ' || (c.amount_minor - c.left_minor) || ' spent and paid ' || coalesce(a.minor, 0) as fault
     from customer_credits c
     left join (
       select environment_id, credit_id, sum(amount_minor) as minor
       from credit_applications
       where returned_at is null
       group by environment_id, credit_id
     ) a on a.environment_id = c.environment_id and a.credit_id = c.id
     where c.amount_minor - c.left_minor <> coalesce(a.minor, 0)
       and not exists (
         select from credit_notes n
         where n.environment_id = c.environment_id and n.id = c.source_id and n.status = 'VOIDED' and c.left_minor = 0
       )`,
  ),
  invariant(
    'credited_is_credited',
    'what is credited of every invoice is what its credit notes, credits and wallets took off it',
    `select i.environment_id, 'invoice ' || i.number as place,
       'is credited with ' || i.credited_minor || ' of ' || coalesce(s.minor, 0) as fault
     from invoices i
     left join (
       select environment_id, invoice_id, sum(minor) as minor
       from (
         select environment_id, invoice_id, settled_minor as minor from credit_notes where status = 'FINALIZED'
         union all
         select environment_id, invoice_id, amount_minor from credit_applications where returned_at is null
         union all
         select environment_id, invoice_id, -amount_minor from wallet_transactions where type in ('SPENT', 'RETURNED')
       ) parts
       group by environment_id, invoice_id
     ) s on s.environment_id = i.environment_id and s.invoice_id = i.id
     where i.credited_minor <> coalesce(s.minor, 0)`,
  ),
  invariant(
    'line_is_credited_once',
    'no line of an invoice is credited with more than it charged, and none of its units twice',
    `select l.environment_id, 'line ' || l.id || ' of invoice ' || l.invoice_id as place,
       'charges ' || l.amount_minor || ' for ' || l.quantity || ' and is credited with ' || c.minor || ' for '
         || coalesce(c.units, 0) as fault
     from (
       select l.environment_id, l.invoice_id, l.invoice_line_id,
         coalesce(sum(l.amount_minor) filter (where n.status = 'FINALIZED'), 0) as minor, sum(l.units) as units
       from credit_note_lines l
       join credit_notes n on n.environment_id = l.environment_id and n.id = l.credit_note_id
       group by l.environment_id, l.invoice_id, l.invoice_line_id
     ) c
     join invoice_lines l on l.environment_id = c.environment_id and l.invoice_id = c.invoice_id and l.id = c.invoice_line_id
     where c.minor > l.amount_minor or c.units > l.quantity`,
  ),
  invariant(
    'invoice_is_credited_once',
    'no invoice is credited with more than its total',
    `select i.environment_id, 'invoice ' || i.number as place,
       'is over ' || i.total_minor || ' and credited with ' || sum(n.total_minor) as fault
     from credit_notes n
     join invoices i on i.environment_id = n.environment_id and i.id = n.invoice_id
     where n.status = 'FINALIZED'
     group by i.environment_id, i.id, i.number, i.total_minor
     having sum(n.total_minor) > i.total_minor`,
  ),
  invariant(
    'credit_note_sums',
    'the lines of every credit note sum to it, and so do its bookings',
    `select n.environment_id, 'credit note ' || n.number as place,
       'is over ' || n.subtotal_minor || ' less ' || n.discount_minor || ' with lines over ' || coalesce(l.minor, 0)
         || ' less ' || coalesce(l.discount, 0) || ', booked with ' || coalesce(e.minor, 0) as fault
     from credit_notes n
     left join (
       select environment_id, credit_note_id, sum(amount_minor) as minor, sum(discount_minor) as discount
       from credit_note_lines
       group by environment_id, credit_note_id
     ) l on l.environment_id = n.environment_id and l.credit_note_id = n.id
     left join (
       select environment_id, document_id, -sum(amount_minor) as minor
       from ledger_entries
       where document_kind in ('CREDIT_NOTE', 'CREDIT_NOTE_VOID') and account in ('receivable', 'customer_credit')
       group by environment_id, document_id
     ) e on e.environment_id = n.environment_id and e.document_id = n.id
     where coalesce(l.minor, 0) <> n.subtotal_minor or coalesce(l.discount, 0) <> n.discount_minor
       or coalesce(e.minor, 0) <> case n.status when 'FINALIZED' then n.total_minor else 0 end`,
  ),
  invariant(
    'credit_note_numbers_have_no_gap',
    'credit note numbers of every environment and year count from 1 without a gap',
    `select environment_id, 'credit note numbers of ' || year as place,
       'are ' || count(distinct serial) || ', the highest is ' || max(serial) || ' and the counter stands at '
         || max(last) as fault
     from (
       select environment_id, substring(number from '-(\\d{4})-\\d+$')::integer as year,
         substring(number from '-(\\d+)$')::bigint as serial, null::bigint as last
       from credit_notes
       where number is not null
       union all
       select environment_id, year, null, last from credit_note_counters
     ) numbers
     group by environment_id, year
     having count(distinct serial) <> max(serial) or max(serial) is distinct from max(last)
       or count(serial) <> count(distinct serial)`,
  ),
]

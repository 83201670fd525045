import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of discounts and taxes. */
export const amountInvariants: readonly Invariant[] = [
  invariant(
    'taxes_sum',
    'the taxes of every invoice sum to its tax, and so do those of its lines',
    `select i.environment_id, 'invoice ' || coalesce(i.number, i.id::text) as place,
       'has a tax of ' || i.tax_minor || ', taxes over ' || t.minor || ' and lines that bear ' || l.minor as fault
     from invoices i
     cross join lateral (
       select coalesce(sum(amount), 0) as minor from jsonb_to_recordset(i.taxes) as t (amount bigint)
     ) t
     cross join lateral (
       select coalesce(sum(t.amount), 0) as minor
       from invoice_lines l
       cross join lateral jsonb_to_recordset(l.taxes) as t (amount bigint)
       where l.environment_id = i.environment_id and l.invoice_id = i.id
     ) l
     where i.tax_minor <> 0 and (t.minor <> i.tax_minor or l.minor <> i.tax_minor)
       or i.tax_minor = 0 and i.taxes is not null and t.minor <> 0`,
  ),
  invariant(
    'tax_is_on_top',
    'every tax on top of prices is its rate on its base, rounded half up',
    `select i.environment_id, 'invoice ' || coalesce(i.number, i.id::text) as place,
       'has ' || t.amount || ' of ' || t.code || ' at ' || t.rate || ' % on ' || t.base as fault
     from invoices i
     cross join lateral jsonb_to_recordset(i.taxes)
       as t (code text, rate numeric, inclusive boolean, base bigint, amount bigint)
     where not t.inclusive and t.amount <> round(t.base * t.rate / 100)`,
  ),
  invariant(
    'tax_is_owed',
    'what the ledger owes for every tax is what invoices charged of it, less what was credited',
    `select environment_id, 'account tax_payable:' || code || ' in ' || currency as place,
       'holds ' || sum(booked) || ' while ' || sum(charged) || ' was charged' as fault
     from (
       select environment_id, currency, substring(account from 13) as code, -amount_minor as booked, 0::numeric as charged
       from ledger_entries
       where account like 'tax\\_payable:%'
       union all
       select i.environment_id, i.currency, t.code, 0, t.amount
       from invoices i
       cross join lateral jsonb_to_recordset(i.taxes) as t (code text, amount bigint)
       where i.status not in ('DRAFT', 'VOID')
       union all
       select n.environment_id, n.currency, t.code, 0, -t.amount
       from credit_notes n
       cross join lateral jsonb_to_recordset(n.taxes) as t (code text, amount bigint)
       where n.status = 'FINALIZED'
     ) sides
     group by environment_id, code, currency
     having sum(booked) <> sum(charged)`,
  ),
  invariant(
    'tax_is_credited_once',
    'no tax of an invoice is credited with more than was charged of it',
    `select i.environment_id, 'invoice ' || i.number as place,
       'charged ' || t.amount || ' of ' || t.code || ' and is credited with ' || c.minor as fault
     from invoices i
     cross join lateral jsonb_to_recordset(i.taxes) as t (code text, rate text, inclusive boolean, amount bigint)
     cross join lateral (
       select coalesce(sum(c.amount), 0) as minor
       from credit_notes n
       cross join lateral jsonb_to_recordset(n.taxes) as c (code text, rate text, inclusive boolean, amount bigint)
       where n.environment_id = i.environment_id and n.invoice_id = i.id and n.status = 'FINALIZED'
         and c.code = t.code and c.rate = t.rate and c.inclusive = t.inclusive
     ) c
     where c.minor > t.amount`,
  ),
  invariant(
    'line_discounts_sum',
    'the discounts of the lines of every invoice sum to its discount, and none exceeds its line',
    `select i.environment_id, 'invoice ' || coalesce(i.number, i.id::text) as place,
       'has a discount of ' || i.discount_minor || ' and lines with ' || coalesce(l.minor, 0) as fault
     from invoices i
     left join (
       select environment_id, invoice_id, sum(discount_minor) as minor,
         bool_or(discount_minor < 0 or discount_minor > greatest(amount_minor, 0)) as exceeds
       from invoice_lines
       group by environment_id, invoice_id
     ) l on l.environment_id = i.environment_id and l.invoice_id = i.id
     where i.discount_minor <> coalesce(l.minor, 0) or l.exceeds`,
  ),
  invariant(
    'coupons_are_counted',
    'every coupon is counted as often as it was applied',
    `select c.environment_id, 'coupon ' || c.code as place,
       'counts ' || c.redemptions || ' redemptions of ' || count(a.id) as fault
     from coupons c
     left join applied_coupons a on a.environment_id = c.environment_id and a.coupon_id = c.id
     group by c.environment_id, c.id
     having c.redemptions <> count(a.id)`,
  ),
  invariant(
    'coupon_uses_are_counted',
    'what every applied coupon has used, and has left, is what it came off',
    `select a.environment_id, 'applied coupon ' || a.id as place,
       'counts ' || a.used || ' uses of ' || coalesce(u.uses, 0) || ' and has ' || coalesce(a.uses_left::text, 'any')
         || ' left of ' || coalesce(c.periods::text, 'any') as fault
     from applied_coupons a
     join coupons c on c.environment_id = a.environment_id and c.id = a.coupon_id
     left join (
       select environment_id, applied_coupon_id, sum(uses) as uses
       from coupon_uses
       where returned_at is null
       group by environment_id, applied_coupon_id
     ) u on u.environment_id = a.environment_id and u.applied_coupon_id = a.id
     where a.used <> coalesce(u.uses, 0) or a.used + a.uses_left <> c.periods`,
  ),
  invariant(
    'discounts_are_coupons',
    'the discount of every invoice is what coupons took off it',
    `select i.environment_id, 'invoice ' || coalesce(i.number, i.id::text) as place,
       'has a discount of ' || i.discount_minor || ' and coupons over ' || coalesce(u.minor, 0) as fault
     from invoices i
     left join (
       select environment_id, invoice_id, sum(amount_minor) as minor
       from coupon_uses
       group by environment_id, invoice_id
     ) u on u.environment_id = i.environment_id and u.invoice_id = i.id
     where i.status <> 'DRAFT' and i.discount_minor <> coalesce(u.minor, 0)`,
  ),
  invariant(
    'add_ons_are_invoiced',
    'every add-on that was invoiced is a line of its invoice, and every such line is one',
    `select environment_id, 'invoice ' || invoice_id as place,
       'has ' || sum(lines) || ' lines of add-ons while ' || sum(applied) || ' are applied' as fault
     from (
       select l.environment_id, l.invoice_id, 1 as lines, 0 as applied
       from invoice_lines l
       join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
       where l.type = 'ADD_ON' and i.status <> 'VOID'
       union all
       select environment_id, invoice_id, 0, 1
       from applied_add_ons
       where invoice_id is not null
     ) sides
     group by environment_id, invoice_id
     having sum(lines) <> sum(applied)`,
  ),
  invariant(
    'wallet_is_its_grants',
    'every wallet holds what is left of its grants',
    `select w.environment_id, 'wallet ' || w.id as place,
       'holds ' || w.balance_minor || ' and grants with ' || coalesce(sum(g.left_minor), 0) || ' left' as fault
     from wallets w
     left join wallet_grants g on g.environment_id = w.environment_id and g.wallet_id = w.id
     group by w.environment_id, w.id
     having w.balance_minor <> coalesce(sum(g.left_minor), 0)`,
  ),
  invariant(
    'grant_is_its_transactions',
    'what is left of every grant is the sum of its transactions',
    `select g.environment_id, 'grant ' || g.id || ' of wallet ' || g.wallet_id as place,
       'has ' || g.left_minor || ' left and transactions over ' || coalesce(sum(t.amount_minor), 0) as fault
     from wallet_grants g
     left join wallet_transactions t on t.environment_id = g.environment_id and t.grant_id = g.id
     group by g.environment_id, g.id
     having g.left_minor <> coalesce(sum(t.amount_minor), 0)`,
  ),
  invariant(
    'wallet_credit_is_held',
    'what the ledger owes for prepaid credits is what is in wallets, or was invoiced to go there',
    `select environment_id, 'account wallet_credit in ' || currency as place,
       'holds ' || sum(booked) || ' while ' || sum(held) || ' is held' as fault
     from (
       select environment_id, currency, -amount_minor as booked, 0 as held
       from ledger_entries
       where account = 'wallet_credit'
       union all
       select environment_id, currency, 0, balance_minor from wallets
       union all
       select g.environment_id, w.currency, 0, g.amount_minor
       from wallet_grants g
       join wallets w on w.environment_id = g.environment_id and w.id = g.wallet_id
       where g.status = 'PENDING'
     ) sides
     group by environment_id, currency
     having sum(booked) <> sum(held)`,
  ),
]

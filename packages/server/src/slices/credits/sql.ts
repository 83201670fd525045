import { type RowOf, bigint, command, statement, text, uuid } from '../../db/statement.ts'

const creditColumns = {
  environment_id: uuid,
  id: uuid,
  customer_id: uuid,
  currency: text,
  left_minor: bigint,
}
export type CreditRow = RowOf<typeof creditColumns>

/** What these customers have to spend, the oldest first, held until the transaction ends. */
export const creditsToSpend = statement(
  'credits.to_spend',
  `select c.environment_id, c.id, c.customer_id, c.currency, c.left_minor
   from customer_credits c
   where (c.environment_id, c.customer_id) in (
       select u.environment_id, u.customer_id from unnest($1::uuid[], $2::uuid[]) as u (environment_id, customer_id)
     )
     and c.left_minor > 0
   order by c.environment_id, c.customer_id, c.created_at, c.id
   for no key update`,
  creditColumns,
)

export const insertCredits = command(
  'credits.insert',
  `insert into customer_credits (environment_id, id, customer_id, currency, source, source_id, amount_minor, left_minor,
     created_at)
   select u.environment_id, u.id, u.customer_id, u.currency, u.source, u.source_id, u.amount_minor, u.amount_minor,
     u.created_at
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::bigint[], $8::timestamptz[])
     as u (environment_id, id, customer_id, currency, source, source_id, amount_minor, created_at)`,
)

/** A customer shows the balance in its own currency. */
export const moveBalances = command(
  'credits.move_balances',
  `update customers c
   set balance_minor = c.balance_minor + u.minor
   from (
     select v.environment_id, v.id, v.currency, sum(v.minor)::bigint as minor
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[]) as v (environment_id, id, currency, minor)
     group by v.environment_id, v.id, v.currency
   ) u
   where c.environment_id = u.environment_id and c.id = u.id and c.currency = u.currency and u.minor <> 0`,
)

export const spendLefts = command(
  'credits.spend',
  `update customer_credits c
   set left_minor = c.left_minor - u.minor
   from (
     select v.environment_id, v.id, sum(v.minor)::bigint as minor
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as v (environment_id, id, minor)
     group by v.environment_id, v.id
   ) u
   where c.environment_id = u.environment_id and c.id = u.id`,
)

export const insertApplications = command(
  'credits.insert_applications',
  `insert into credit_applications (environment_id, credit_id, invoice_id, amount_minor, applied_at)
   select u.environment_id, u.credit_id, u.invoice_id, u.amount_minor, u.applied_at
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[])
     as u (environment_id, credit_id, invoice_id, amount_minor, applied_at)`,
)

/** Gives credits back what they paid for these invoices, once. */
export const returnApplications = statement(
  'credits.return_applications',
  `with returned as (
     update credit_applications a set returned_at = $3::timestamptz
     where a.environment_id = $1::uuid and a.invoice_id = any($2::uuid[]) and a.returned_at is null
     returning a.environment_id, a.credit_id, a.invoice_id, a.amount_minor
   ), credited as (
     update customer_credits c set left_minor = c.left_minor + r.minor
     from (select environment_id, credit_id, sum(amount_minor)::bigint as minor from returned group by 1, 2) r
     where c.environment_id = r.environment_id and c.id = r.credit_id
     returning c.id, c.customer_id, c.currency
   )
   select r.invoice_id, d.customer_id, d.currency, r.amount_minor
   from returned r
   join credited d on d.id = r.credit_id`,
  { invoice_id: uuid, customer_id: uuid, currency: text, amount_minor: bigint },
)

/** Ends the credit of a source, if nothing of it has been spent. */
export const takeBackUnspent = statement(
  'credits.take_back',
  `update customer_credits set left_minor = 0
   where environment_id = $1::uuid and source_id = $2::uuid and left_minor = amount_minor
   returning customer_id, currency, amount_minor`,
  { customer_id: uuid, currency: text, amount_minor: bigint },
)

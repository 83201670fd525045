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
import { transactionTypes } from './schema.ts'

const plainColumns = {
  id: uuid,
  customer_id: uuid,
  currency: text,
  name: nullable(text),
  priority: integer,
  status: oneOf('ACTIVE', 'TERMINATED'),
  balance_minor: bigint,
  expires_at: nullable(instantText),
  top_up_threshold_minor: nullable(bigint),
  created_at: instantText,
  updated_at: instantText,
}
export const walletColumns = {
  ...plainColumns,
  credit_rate: text,
  top_up_threshold: nullable(text),
  top_up_credits: nullable(text),
  plan_ids: nullable(json<readonly string[]>()),
  metric_ids: nullable(json<readonly string[]>()),
}
export type WalletRow = RowOf<typeof walletColumns>

export const walletSelect = `${Object.keys(plainColumns).join(', ')}, credit_rate::text as credit_rate,
  top_up_threshold::text as top_up_threshold, top_up_credits::text as top_up_credits, to_json(plan_ids) as plan_ids,
  to_json(metric_ids) as metric_ids`

export const walletById = statement(
  'wallets.by_id',
  `select ${walletSelect} from wallets where environment_id = $1::uuid and id = $2::uuid`,
  walletColumns,
)

export const lockWallet = statement(
  'wallets.lock',
  `select ${walletSelect} from wallets where environment_id = $1::uuid and id = $2::uuid for no key update`,
  walletColumns,
)

/** A rule that a wallet is made with is looked at at once, after what comes with the wallet. */
export const insertWallet = command(
  'wallets.insert',
  `insert into wallets (environment_id, id, customer_id, currency, name, credit_rate, priority, status, expires_at,
     top_up_threshold, top_up_threshold_minor, top_up_credits, created_at, updated_at, plan_ids, metric_ids, top_up_due_at)
   values ($1, $2, $3, $4, $5, $6, $7, 'ACTIVE', $8, $9, $10::bigint, $11, $12::timestamptz, $12::timestamptz, $13,
     $14, case when $10::bigint > 0 then $12::timestamptz end)`,
)

/** A new rule ($11) is looked at at once. */
export const saveWallet = command(
  'wallets.save',
  `update wallets
   set name = $3, priority = $4, expires_at = $5, top_up_threshold = $6, top_up_threshold_minor = $7,
     top_up_credits = $8, status = $9, updated_at = $10,
     top_up_due_at = case
       when $9 <> 'ACTIVE' then null
       when $11::boolean then $10::timestamptz
       else top_up_due_at
     end
   where environment_id = $1::uuid and id = $2::uuid`,
)

const grantColumns = {
  environment_id: uuid,
  id: uuid,
  wallet_id: uuid,
  customer_id: uuid,
  currency: text,
  kind: oneOf('PAID', 'GRANTED'),
  left_minor: bigint,
  expires_at: nullable(instantText),
  plan_ids: nullable(json<readonly string[]>()),
  metric_ids: nullable(json<readonly string[]>()),
}
export type GrantRow = RowOf<typeof grantColumns>

const grantSelect = `select g.environment_id, g.id, g.wallet_id, w.customer_id, w.currency, g.kind, g.left_minor, g.expires_at,
     to_json(w.plan_ids) as plan_ids, to_json(w.metric_ids) as metric_ids
   from wallets w
   join wallet_grants g on g.environment_id = w.environment_id and g.wallet_id = w.id`
/** By priority, then what expires first, then what was given away before what was paid, then the oldest. */
const grantOrder = `w.priority, g.expires_at nulls last, g.kind, g.created_at, g.id`

/** What these customers have in their wallets, in the order in which it is spent, held until the transaction ends. */
export const walletsToSpend = statement(
  'wallets.to_spend',
  `${grantSelect}
   where (w.environment_id, w.customer_id) in (
       select u.environment_id, u.customer_id from unnest($1::uuid[], $2::uuid[]) as u (environment_id, customer_id)
     )
     and w.status = 'ACTIVE' and w.balance_minor > 0 and g.left_minor > 0
   order by w.environment_id, w.customer_id, ${grantOrder}
   for no key update`,
  grantColumns,
)

/** The same of one customer, as it is. */
export const walletsOfCustomer = statement(
  'wallets.of_customer',
  `${grantSelect}
   where w.environment_id = $1::uuid and w.customer_id = $2::uuid and w.status = 'ACTIVE' and g.left_minor > 0
   order by ${grantOrder}`,
  grantColumns,
)

/** What is in a wallet, in the order in which it is spent. The wallet is locked. */
export const grantsOfWallet = statement(
  'wallets.grants',
  `${grantSelect}
   where w.environment_id = $1::uuid and w.id = $2::uuid and g.left_minor > 0
   order by g.kind, g.expires_at nulls last, g.created_at, g.id
   for no key update`,
  grantColumns,
)

export const insertGrant = command(
  'wallets.insert_grant',
  `insert into wallet_grants (environment_id, id, wallet_id, kind, status, amount_minor, left_minor, invoice_id, expires_at,
     created_at)
   values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)`,
)

/**
 * Moves grants and their wallets, and writes each movement down. A wallet that is lowered below the threshold of its rule
 * is due for a top-up. Gives the wallets as they are then.
 */
export const moveGrants = statement(
  'wallets.move',
  `with moves as materialized (
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::uuid[], $8::timestamptz[])
       as u (environment_id, id, wallet_id, grant_id, type, minor, invoice_id, at)
   ), written as (
     insert into wallet_transactions (environment_id, id, wallet_id, grant_id, type, amount_minor, invoice_id, created_at)
     select environment_id, id, wallet_id, grant_id, type, minor, invoice_id, at from moves
   ), moved as (
     update wallet_grants g
     set left_minor = g.left_minor + m.minor, status = 'ACTIVE',
       -- what is paid for only after it would have expired does not
       expires_at = case when m.is_new and g.expires_at <= m.at then null else g.expires_at end
     from (
       select environment_id, grant_id, sum(minor)::bigint as minor, bool_or(type = 'TOP_UP') as is_new, max(at) as at
       from moves
       group by 1, 2
     ) m
     where g.environment_id = m.environment_id and g.id = m.grant_id
   )
   update wallets w
   set balance_minor = w.balance_minor + m.minor, updated_at = greatest(w.updated_at, m.at),
     top_up_due_at = case
       when m.minor < 0 and w.status = 'ACTIVE' and w.balance_minor + m.minor < w.top_up_threshold_minor then m.at
       else w.top_up_due_at
     end
   from (
     select environment_id, wallet_id, sum(minor)::bigint as minor, max(at) as at from moves group by 1, 2
   ) m
   where w.environment_id = m.environment_id and w.id = m.wallet_id
   returning w.environment_id, ${walletSelect}`,
  { environment_id: uuid, ...walletColumns },
)

/** Grants whose invoices these are, that await its payment. */
export const pendingGrants = statement(
  'wallets.pending_grants',
  `select g.id, g.wallet_id, g.amount_minor, g.invoice_id, w.currency
   from wallet_grants g
   join wallets w on w.environment_id = g.environment_id and w.id = g.wallet_id
   where g.environment_id = $1::uuid and g.invoice_id = any($2::uuid[]) and g.status = 'PENDING'
   order by g.id
   for no key update of g, w`,
  { id: uuid, wallet_id: uuid, amount_minor: bigint, invoice_id: nullable(uuid), currency: text },
)

export const cancelGrants = command(
  'wallets.cancel_grants',
  `update wallet_grants set status = 'CANCELED'
   where environment_id = $1::uuid and invoice_id = any($2::uuid[]) and status = 'PENDING'`,
)

/** What wallets paid for these invoices and did not get back. */
export const spentOn = statement(
  'wallets.spent_on',
  `select t.wallet_id, t.grant_id, t.invoice_id, -sum(t.amount_minor)::bigint as minor
   from wallet_transactions t
   where t.environment_id = $1::uuid and t.invoice_id = any($2::uuid[]) and t.type in ('SPENT', 'RETURNED')
   group by t.wallet_id, t.grant_id, t.invoice_id
   having sum(t.amount_minor) <> 0
   order by t.wallet_id, t.grant_id`,
  { wallet_id: uuid, grant_id: uuid, invoice_id: nullable(uuid), minor: bigint },
)

/** What comes back into a wallet that has been ended expires at once. */
export const expireReturned = command(
  'wallets.expire_returned',
  `update wallet_grants g set expires_at = $3
   from wallets w
   where g.environment_id = $1::uuid and g.id = any($2::uuid[]) and w.environment_id = g.environment_id
     and w.id = g.wallet_id and w.status = 'TERMINATED'`,
)

const ownTransaction = {
  id: uuid,
  wallet_id: uuid,
  type: oneOf(...transactionTypes),
  amount_minor: bigint,
  invoice_id: nullable(uuid),
  created_at: instantText,
}
export const transactionColumns = {
  ...ownTransaction,
  is_paid: boolean,
  credit_rate: text,
  currency: text,
}
export type TransactionRow = RowOf<typeof transactionColumns>

export const transactionSelect = `${Object.keys(ownTransaction).join(', ')},
  (select g.kind = 'PAID' from wallet_grants g
   where g.environment_id = wallet_transactions.environment_id and g.id = wallet_transactions.grant_id) as is_paid,
  (select w.credit_rate::text from wallets w
   where w.environment_id = wallet_transactions.environment_id and w.id = wallet_transactions.wallet_id) as credit_rate,
  (select w.currency from wallets w
   where w.environment_id = wallet_transactions.environment_id and w.id = wallet_transactions.wallet_id) as currency`

import {
  type RowOf,
  boolean,
  command,
  instant,
  integer,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { providerNames } from '../providers/index.ts'

export const methodColumns = {
  id: uuid,
  customer_id: uuid,
  provider: oneOf(...providerNames),
  type: oneOf('CARD', 'BANK_ACCOUNT', 'MOBILE_MONEY', 'WALLET'),
  brand: nullable(text),
  last4: nullable(text),
  exp_month: nullable(integer),
  exp_year: nullable(integer),
  phone: nullable(text),
  is_default: boolean,
  created_at: instant,
}
export type MethodRow = RowOf<typeof methodColumns>

export const methodSelect = Object.keys(methodColumns).join(', ')

export const methodById = statement(
  'payment_methods.by_id',
  `select ${methodSelect} from payment_methods
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null`,
  methodColumns,
)

export const methodsOfCustomer = statement(
  'payment_methods.of_customer',
  `select ${methodSelect} from payment_methods
   where environment_id = $1::uuid and customer_id = $2::uuid and archived_at is null
   order by created_at desc, id desc
   for update`,
  methodColumns,
)

export const insertMethod = command(
  'payment_methods.insert',
  `insert into payment_methods
     (environment_id, id, customer_id, provider, token_sealed, type, brand, last4, exp_month, exp_year, phone, is_default,
      created_at, provider_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
)

/** One default at most: the old one goes before the new one comes. */
export const clearDefault = command(
  'payment_methods.clear_default',
  `update payment_methods set is_default = false
   where environment_id = $1::uuid and customer_id = $2::uuid and is_default and archived_at is null`,
)

export const makeDefault = command(
  'payment_methods.make_default',
  `update payment_methods set is_default = true where environment_id = $1::uuid and id = $2::uuid`,
)

export const archiveMethod = command(
  'payment_methods.archive',
  `update payment_methods set archived_at = $3, is_default = false where environment_id = $1::uuid and id = $2::uuid`,
)

/** What a token is sealed to: it opens in this row only. */
export function tokenPlace(environmentId: string, id: string): string {
  return `${environmentId}|payment_methods|${id}|token`
}

/** What providers now say of methods that were charged, such as of a card that its bank has renewed. */
export const refreshMethods = command(
  'payment_methods.refresh',
  `update payment_methods m
   set brand = coalesce(u.brand, m.brand), last4 = coalesce(u.last4, m.last4),
     exp_month = coalesce(u.exp_month, m.exp_month), exp_year = coalesce(u.exp_year, m.exp_year)
   from unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::integer[])
     as u (id, brand, last4, exp_month, exp_year)
   where m.environment_id = $1::uuid and m.id = u.id
     and (m.brand, m.last4, m.exp_month, m.exp_year) is distinct from
       (coalesce(u.brand, m.brand), coalesce(u.last4, m.last4), coalesce(u.exp_month, m.exp_month),
        coalesce(u.exp_year, m.exp_year))`,
)

import { type Ratio, compare, ratio, subtract, zero } from '@novabilling/core/money'
import { command, instant, json, statement, uuid } from '../../db/statement.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import type { StoredFraction } from './ratings-sql.ts'

/** A window of usage of a subscription, by where it begins: epoch milliseconds. */
type Window = { readonly environmentId: string; readonly subscriptionId: string; readonly from: number }
type Charged = Window & { readonly chargeId: string }

const advancesOf = statement(
  'charges.advances_of',
  `select a.environment_id, a.subscription_id, a.window_from, a.charge_id, to_json(a.billed::text[]) as billed
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as u (environment_id, subscription_id, window_from)
   join usage_advances a on a.environment_id = u.environment_id and a.subscription_id = u.subscription_id
     and a.window_from = u.window_from`,
  {
    environment_id: uuid,
    subscription_id: uuid,
    window_from: instant,
    charge_id: uuid,
    billed: json<StoredFraction>(),
  },
)

const saveAdvances = command(
  'charges.save_advances',
  `insert into usage_advances (environment_id, subscription_id, window_from, charge_id, billed)
   select u.environment_id, u.subscription_id, u.window_from, u.charge_id, array[u.above, u.below]
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::numeric[], $6::numeric[])
     as u (environment_id, subscription_id, window_from, charge_id, above, below)
   on conflict (environment_id, subscription_id, window_from, charge_id) do update set billed = excluded.billed`,
)

/** What has been invoiced of windows before they ended: for one and a charge, in minor units. */
export async function readAdvances(
  reader: Pick<Reader, 'query'>,
  windows: readonly Window[],
): Promise<(of: Charged) => Ratio> {
  const rows = await reader.query(
    advancesOf(
      windows.map(({ environmentId }) => environmentId),
      windows.map(({ subscriptionId }) => subscriptionId),
      windows.map(({ from }) => new Date(from).toISOString()),
    ),
  )
  const billed = new Map(
    rows.map((row) => [
      `${row.environment_id} ${row.subscription_id} ${row.window_from.epochMilliseconds} ${row.charge_id}`,
      ratio(BigInt(row.billed[0]), BigInt(row.billed[1])),
    ]),
  )
  return ({ environmentId, subscriptionId, from, chargeId }) =>
    billed.get(`${environmentId} ${subscriptionId} ${from} ${chargeId}`) ?? zero
}

/** What of usage is not invoiced yet, in minor units; what fell below that since is given back when the window ends. */
export function stillToInvoice({
  exactMinor,
  advanced,
}: {
  readonly exactMinor: Ratio
  readonly advanced: Ratio
}): Ratio {
  return compare(exactMinor, advanced) < 0 ? zero : subtract(exactMinor, advanced)
}

/** Remembers what of windows that have not ended has been invoiced by now, in minor units. */
export function rememberAdvances(tx: Tx, advances: readonly (Charged & { readonly billed: Ratio })[]): void {
  if (advances.length === 0) return
  tx.defer(
    saveAdvances(
      advances.map(({ environmentId }) => environmentId),
      advances.map(({ subscriptionId }) => subscriptionId),
      advances.map(({ from }) => new Date(from).toISOString()),
      advances.map(({ chargeId }) => chargeId),
      advances.map(({ billed }) => String(billed.numerator)),
      advances.map(({ billed }) => String(billed.denominator)),
    ),
  )
}

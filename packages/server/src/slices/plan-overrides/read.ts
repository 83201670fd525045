import type { Reader } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { invalid } from '../../refusal.ts'
import { type PlanRow, amountsIn } from '../catalog/index.ts'
import { type StoredPrice, findCharge, readPrices } from '../charges/index.ts'
import type { UpdatePlanOverride } from './schema.ts'
import type { OverrideRow } from './sql.ts'

/** What a customer pays by itself. Amounts are minor units. */
export type Own = {
  readonly prices: readonly {
    readonly currency: string
    readonly minor: bigint
    readonly commitment: bigint | null
  }[]
  readonly charges: readonly { readonly id: string; readonly prices: readonly StoredPrice[] }[]
}

export const nothing: Own = { prices: [], charges: [] }

export function ownOf(row: OverrideRow): Own {
  return {
    prices: row.prices.map(({ currency, minor, commitment }) => ({
      currency,
      minor: BigInt(minor),
      commitment: commitment === null ? null : BigInt(commitment),
    })),
    charges: row.charges,
  }
}

/**
 * What a customer pays by itself after a change: what is given replaces what was, list by list. Tells all faults at once.
 * A minimum commitment that has no price beside it takes the plan's.
 */
export async function readOwn(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  plan: PlanRow,
  { input, was }: { input: UpdatePlanOverride; was: Own },
): Promise<Own> {
  const money = new MoneyReader()
  const given = amountsIn(money, 'prices', input.prices)
  const committed = amountsIn(money, 'minimumCommitment', input.minimumCommitment)
  const charges = input.charges
    ? await readCharges(reader, environmentId, plan, input.charges, money)
    : was.charges

  const prices = new Map((input.prices ? given : was.prices).map(({ currency, minor }) => [currency, minor]))
  const before = was.prices.flatMap(({ currency, commitment: minor }) =>
    minor === null ? [] : [{ currency, minor }],
  )
  const commitments = new Map(
    (input.minimumCommitment ? committed : before).map(({ currency, minor }) => [currency, minor]),
  )
  for (const currency of commitments.keys()) {
    if (prices.has(currency)) continue
    const ofPlan = plan.prices.find((price) => price.currency === currency)
    if (ofPlan) prices.set(currency, BigInt(ofPlan.amount_minor))
    else
      money.faults.push({
        path: 'minimumCommitment',
        message: `is in ${currency}, in which the plan has no price: give one in prices`,
      })
  }
  if (prices.size === 0 && charges.length === 0)
    money.faults.push({
      path: 'prices',
      message: 'must say what the customer pays by itself, or minimumCommitment or charges must',
    })
  if (money.faults.length > 0) throw invalid(...money.faults)
  return {
    prices: [...prices].map(([currency, minor]) => ({
      currency,
      minor,
      commitment: commitments.get(currency) ?? null,
    })),
    charges,
  }
}

async function readCharges(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  plan: PlanRow,
  given: NonNullable<UpdatePlanOverride['charges']>,
  { faults }: MoneyReader,
): Promise<Own['charges']> {
  const charges = new Map<string, readonly StoredPrice[]>()
  for (const [index, { chargeId, prices }] of given.entries()) {
    const path = `charges[${index}]`
    const charge = await findCharge(reader, environmentId, chargeId)
    if (charge.plan_id !== plan.id || charges.has(charge.id))
      faults.push({
        path: `${path}.chargeId`,
        message: charges.has(charge.id) ? 'is there twice' : 'is no charge of this plan',
      })
    const read = readPrices(charge.charge_model, prices, { path: `${path}.prices` })
    faults.push(...read.faults)
    charges.set(charge.id, read.prices)
  }
  return [...charges].map(([id, prices]) => ({ id, prices }))
}

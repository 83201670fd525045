import { type ChargeModel, readProperties } from '@novabilling/core/price'
import { MoneyReader } from '../../http/money-input.ts'
import type { Fault } from '../../refusal.ts'
import type { ChargePricesInput } from './schema.ts'
import type { StoredPrice } from './sql.ts'

/** Reads the prices of a charge, one a currency, collecting all faults. A minimum of the charge is that of its only price. */
export function readPrices(
  model: ChargeModel,
  given: ChargePricesInput,
  options: { path?: string; minAmount?: number | string | undefined } = {},
): { prices: StoredPrice[]; faults: Fault[] } {
  const { path = 'prices', minAmount } = options
  const money = new MoneyReader()
  const currencies = new Set<string>()
  const prices = given.map(({ currency, properties, minAmount: own }, index): StoredPrice => {
    if (currencies.has(currency)) {
      money.faults.push({
        path: `${path}[${index}].currency`,
        message: 'is there twice: a charge has one price a currency',
      })
    }
    currencies.add(currency)
    const read = readProperties(model, properties)
    for (const fault of read.faults)
      money.faults.push({ path: `${path}[${index}].properties.${fault.path}`, message: fault.message })
    const minimum = own === undefined ? null : money.read(`${path}[${index}].minAmount`, currency, own)
    return { currency, properties: read.properties, minimum: minimum === null ? null : String(minimum) }
  })
  return { prices: withMinimum(prices, minAmount, money), faults: money.faults }
}

/** Gives a charge's own minimum to its only price. */
export function withMinimum(
  prices: StoredPrice[],
  minAmount: number | string | undefined,
  money: MoneyReader,
): StoredPrice[] {
  if (minAmount === undefined) return prices
  const [only] = prices
  if (!only || prices.length > 1) {
    money.faults.push({
      path: 'minAmount',
      message: 'is of one currency, and there are several: give it with each of the prices',
    })
    return prices
  }
  return [{ ...only, minimum: String(money.read('minAmount', only.currency, minAmount)) }]
}

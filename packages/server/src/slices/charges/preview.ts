import {
  type Ratio,
  add,
  exponentOf,
  fromDecimal,
  multiply,
  ratio,
  roundHalfUp,
  toMajorNumber,
  zero,
} from '@novabilling/core/money'
import {
  type Pricing,
  type Usage,
  needsEachEvent,
  priceUsage,
  pricingOf,
  readDecimal,
  readProperties,
} from '@novabilling/core/price'
import type { Reader } from '../../db/transaction.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { findCharge } from './find.ts'
import { exact, presentStep } from './present.ts'
import type { ChargePreview, PreviewCharge } from './schema.ts'

/** What usage would cost, by a charge or by properties that are not stored. Stores nothing. */
export async function previewCharge(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  input: PreviewCharge,
): Promise<ChargePreview> {
  const { currency } = input
  const pricing = await pricingFor(reader, environmentId, input)
  const faults: Fault[] = []
  const usages = input.usage.map((given, index) => readUsage(pricing, given, `usage[${index}]`, faults))
  if (faults.length > 0) throw invalid(...faults)
  return {
    currency,
    results: usages.map((usage) => {
      const { amount, steps } = priceUsage(pricing, usage)
      const minor = roundHalfUp(multiply(amount, ratio(10n ** BigInt(exponentOf(currency)))))
      return {
        quantity: exact(usage.units),
        exactAmount: exact(amount),
        amount: toMajorNumber({ currency, minor }),
        steps: steps.map(presentStep),
      }
    }),
  }
}

async function pricingFor(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  { chargeId, chargeModel, properties, currency }: PreviewCharge,
): Promise<Pricing> {
  if (chargeId !== undefined) {
    const faults: Fault[] = []
    if (chargeModel !== undefined)
      faults.push({ path: 'chargeModel', message: 'is that of the charge: leave it out' })
    if (properties !== undefined)
      faults.push({ path: 'properties', message: 'are those of the charge: leave them out' })
    if (faults.length > 0) throw invalid(...faults)
    const charge = await findCharge(reader, environmentId, chargeId)
    const price = charge.prices.find((one) => one.currency === currency)
    if (!price) throw new Refusal('charge_has_no_price')
    return pricingOf(charge.charge_model, price.properties)
  }
  if (chargeModel === undefined || properties === undefined)
    throw invalid({ path: 'chargeId', message: 'is needed, or chargeModel and properties' })
  const read = readProperties(chargeModel, properties)
  if (read.faults.length > 0)
    throw invalid(...read.faults.map(({ path, message }) => ({ path: `properties.${path}`, message })))
  return pricingOf(chargeModel, read.properties)
}

function readUsage(
  pricing: Pricing,
  { quantity, events, amounts }: PreviewCharge['usage'][number],
  path: string,
  faults: Fault[],
): Usage {
  const read = (place: string, value: number | string): Ratio => {
    const result = readDecimal(value)
    if ('digits' in result) return fromDecimal(result.digits)
    faults.push({ path: place, message: result.message })
    return zero
  }
  if (amounts) {
    if (quantity !== undefined || events !== undefined)
      faults.push({
        path: `${path}.amounts`,
        message: 'say how many and how much: leave quantity and events out',
      })
    const each = amounts.map((amount, index) => read(`${path}.amounts[${index}]`, amount))
    return { units: each.reduce(add, zero), events: BigInt(each.length), amounts: each }
  }
  if (quantity === undefined) faults.push({ path: `${path}.quantity`, message: 'is needed, or amounts' })
  else if (needsEachEvent(pricing))
    faults.push({ path: `${path}.amounts`, message: 'are needed: this price depends on each event' })
  return { units: read(`${path}.quantity`, quantity ?? 0), events: BigInt(events ?? 1) }
}

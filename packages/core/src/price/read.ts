import { add, compare, fromDecimal, ratio } from '../money/index.ts'
import { type Decimal, readDecimal } from './decimal.ts'
import type { ChargeModel } from './pricing.ts'
import {
  type GivenProperties,
  type Properties,
  type TierProperties,
  isMore,
  propertiesOf,
} from './properties.ts'

/** What is wrong with a property: where, and words that follow its name. */
export type PropertyFault = { readonly path: string; readonly message: string }

type Read = (path: string, value: Decimal) => string

/**
 * Reads the properties of a charge's price in a currency: decimals of at most 12 decimals and 15 digits, tiers that go
 * from 0 to the end without a gap or an overlap, each ending above the one before. All faults at once.
 */
export function readProperties(
  model: ChargeModel,
  given: GivenProperties,
): { properties: Properties; faults: readonly PropertyFault[] } {
  const faults: PropertyFault[] = []
  const read: Read = (path, value) => {
    const result = readDecimal(value)
    if ('digits' in result) return result.digits
    faults.push({ path, message: result.message })
    return '0'
  }
  faults.push(...misplaced(model, given))
  const properties: Properties = {}
  const { tiers, graduatedRanges, freeEvents, ...decimals } = given
  for (const name of decimalNames) {
    const value = decimals[name]
    if (value !== undefined) properties[name] = read(name, value)
  }
  if (freeEvents !== undefined) properties.freeEvents = freeEvents
  if (tiers) properties.tiers = readTiers(tiers, read, faults)
  else if (graduatedRanges) properties.tiers = readRanges(graduatedRanges, read, faults)
  if (faults.length === 0) faults.push(...inconsistent(properties))
  return { properties, faults }
}

const decimalNames = [
  'unitPrice',
  'amount',
  'packageSize',
  'freeUnits',
  'rate',
  'fixedAmount',
  'freeAmount',
  'minPerEvent',
  'maxPerEvent',
] as const

function misplaced(model: ChargeModel, given: GivenProperties): PropertyFault[] {
  const { needs, may } = propertiesOf[model]
  const known: readonly string[] = [...needs, ...may]
  const faults = Object.entries(given).flatMap(([path, value]) =>
    value === undefined || known.includes(path)
      ? []
      : [{ path, message: `is not a property of ${model}: it has ${known.join(', ')}` }],
  )
  for (const path of needs) {
    if (given[path] === undefined && !(path === 'tiers' && given.graduatedRanges !== undefined))
      faults.push({ path, message: `is needed for ${model}` })
  }
  if (given.tiers && given.graduatedRanges)
    faults.push({ path: 'graduatedRanges', message: 'is the same as tiers: give one of them' })
  return faults
}

function readTiers(
  given: NonNullable<GivenProperties['tiers']>,
  read: Read,
  faults: PropertyFault[],
): TierProperties<string>[] {
  const tiers = given.map(({ upTo, unitPrice, flatAmount }, index) => ({
    upTo: upTo === null ? null : read(`tiers[${index}].upTo`, upTo),
    unitPrice: read(`tiers[${index}].unitPrice`, unitPrice),
    flatAmount: read(`tiers[${index}].flatAmount`, flatAmount ?? 0),
  }))
  if (faults.length === 0) faults.push(...disorder('tiers', 'upTo', tiers))
  return tiers
}

function readRanges(
  given: NonNullable<GivenProperties['graduatedRanges']>,
  read: Read,
  faults: PropertyFault[],
): TierProperties<string>[] {
  const path = (index: number, name: string): string => `graduatedRanges[${index}].${name}`
  const starts = given.map(({ fromValue }, index) => read(path(index, 'fromValue'), fromValue))
  const tiers = given.map(({ toValue, perUnitAmount, flatAmount }, index) => ({
    upTo: toValue === null ? null : read(path(index, 'toValue'), toValue),
    unitPrice: read(path(index, 'perUnitAmount'), perUnitAmount),
    flatAmount: read(path(index, 'flatAmount'), flatAmount ?? 0),
  }))
  if (faults.length > 0) return tiers
  faults.push(...disorder('graduatedRanges', 'toValue', tiers))
  for (const [index, start] of starts.entries()) {
    const before = index === 0 ? '0' : tiers[index - 1]?.upTo
    if (before === null || before === undefined || follows(before, start, index === 0)) continue
    faults.push({
      path: path(index, 'fromValue'),
      message: `leaves a gap or overlaps: after ${before} comes ${before}${isWhole(before) && index > 0 ? `, or ${String(BigInt(before) + 1n)} where units are whole` : ''}`,
    })
  }
  return tiers
}

/** A range begins where the one before ends; where that is whole, the next whole number says the same. */
function follows(before: string, start: string, isFirst: boolean): boolean {
  const [end, from] = [fromDecimal(before), fromDecimal(start)]
  if (compare(from, end) === 0) return true
  return !isFirst && isWhole(before) && compare(from, add(end, ratio(1n))) === 0
}

function isWhole(digits: string): boolean {
  return !digits.includes('.')
}

function disorder(
  list: string,
  end: string,
  tiers: readonly { readonly upTo: string | null }[],
): PropertyFault[] {
  const faults: PropertyFault[] = []
  let before = '0'
  for (const [index, { upTo }] of tiers.entries()) {
    const path = `${list}[${index}].${end}`
    const isLast = index === tiers.length - 1
    if (upTo === null) {
      if (!isLast) faults.push({ path, message: 'is null before the last: only the last has no end' })
      continue
    }
    if (isLast) faults.push({ path, message: 'must be null: the last has no end' })
    if (!isMore(upTo, before)) faults.push({ path, message: `must be more than ${before}` })
    before = upTo
  }
  if (tiers.length === 0) faults.push({ path: list, message: 'must have at least one' })
  return faults
}

function inconsistent({ packageSize, minPerEvent, maxPerEvent }: Properties): PropertyFault[] {
  const faults: PropertyFault[] = []
  if (packageSize !== undefined && !isMore(packageSize, '0'))
    faults.push({ path: 'packageSize', message: 'must be more than 0' })
  if (minPerEvent !== undefined && maxPerEvent !== undefined && isMore(minPerEvent, maxPerEvent))
    faults.push({ path: 'maxPerEvent', message: `must not be less than minPerEvent, ${minPerEvent}` })
  return faults
}

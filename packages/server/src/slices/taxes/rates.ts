import { type Ratio, add, fromDecimal, ratio, toDecimal, zero } from '@novabilling/core/money'
import { effectiveRates } from '@novabilling/core/tax'
import type { Fault } from '../../refusal.ts'
import type { CreateTax } from './schema.ts'
import type { StoredComponent } from './sql.ts'

const mostDecimals = 6
const hundred = ratio(100n)

/** What a tax comes to, and what it is made of. `rate` is a decimal of percent. */
type Rates = { readonly rate: string; readonly components: readonly StoredComponent[] }

/** Reads the rate of a tax, or those of its components; what is wrong with them is added to the faults. */
export function readRates(
  { rate, components = [] }: Pick<CreateTax, 'rate' | 'components'>,
  faults: Fault[],
): Rates {
  const read = components.map((one, index) => ({
    name: one.name,
    code: one.code,
    rate: percentOf(`components[${index}].rate`, one.rate, faults),
    compound: one.compound ?? false,
  }))
  for (const [index, { code }] of read.entries()) {
    if (read.findIndex((one) => one.code === code) < index)
      faults.push({
        path: `components[${index}].code`,
        message: 'is there twice: each component has its own',
      })
  }
  if (read.length === 0) {
    if (rate === undefined) faults.push({ path: 'rate', message: 'or components must be given' })
    return { rate: percentOf('rate', rate ?? 0, faults), components: [] }
  }
  const sum = effectiveOf(read).reduce(add, zero)
  if (sum.numerator > hundred.numerator * sum.denominator)
    faults.push({ path: 'components', message: 'come to more than 100 %' })
  const told = toDecimal(sum)
  if (rate !== undefined && percentOf('rate', rate, faults) !== told)
    faults.push({ path: 'rate', message: `must be what the components come to, ${told}, or be left out` })
  return { rate: told, components: read }
}

/** The rates of components on the net price itself, in percent. */
export function effectiveOf(components: readonly StoredComponent[]): Ratio[] {
  const shares = components.map(({ rate, compound }) => ({ rate: shareOf(rate), compound }))
  return effectiveRates(shares).map(({ numerator, denominator }) => ratio(numerator * 100n, denominator))
}

/** A decimal of percent as a share: `16` is 16/100. */
export function shareOf(percent: string): Ratio {
  const { numerator, denominator } = fromDecimal(percent)
  return ratio(numerator, denominator * 100n)
}

/** The shortest decimal of a rate in percent. */
function percentOf(path: string, value: number | string, faults: Fault[]): string {
  const match = /^(\d{1,3})(?:\.(\d+))?$/.exec(String(value))
  const fraction = match?.[2]?.replace(/0+$/, '') ?? ''
  if (!match || fraction.length > mostDecimals || Number(value) > 100) {
    faults.push({ path, message: `must be percent from 0 to 100, with at most ${mostDecimals} decimals` })
    return '0'
  }
  const whole = String(Number(match[1]))
  return fraction === '' ? whole : `${whole}.${fraction}`
}

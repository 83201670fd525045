import type { Charge } from './types.ts'

export type ChargeModel = Charge['chargeModel']

/** A price of a charge while it is typed: all as text, so that no float touches it. */
export type PriceDraft = {
  currency: string
  unitPrice: string
  amount: string
  packageSize: string
  freeUnits: string
  rate: string
  fixedAmount: string
  freeEvents: string
  minPerEvent: string
  maxPerEvent: string
  tiers: { upTo: string; unitPrice: string; flatAmount: string }[]
}

export const models: Readonly<Record<ChargeModel, { label: string; about: string }>> = {
  STANDARD: { label: 'Standard', about: 'Each unit costs the same.' },
  GRADUATED: { label: 'Graduated', about: 'Each unit costs what its own tier says.' },
  VOLUME: { label: 'Volume', about: 'All units cost what the tier says that their sum is in.' },
  PACKAGE: { label: 'Package', about: 'Units come in packages; what is begun is paid.' },
  PERCENTAGE: { label: 'Percentage', about: 'A share of the amount of each event.' },
}

/** What is typed for a model, beside tiers: the field, its label and whether it must be there. */
export const fieldsOf: Readonly<
  Record<ChargeModel, readonly (readonly [keyof Omit<PriceDraft, 'tiers'>, string, boolean])[]>
> = {
  STANDARD: [['unitPrice', 'Price of a unit', true]],
  GRADUATED: [],
  VOLUME: [],
  PACKAGE: [
    ['amount', 'Price of a package', true],
    ['packageSize', 'Units in a package', true],
    ['freeUnits', 'Free units', false],
  ],
  PERCENTAGE: [
    ['rate', 'Percent', true],
    ['fixedAmount', 'Added for each event', false],
    ['freeEvents', 'Free events', false],
    ['minPerEvent', 'Least an event costs', false],
    ['maxPerEvent', 'Most an event costs', false],
  ],
}

export function newPrice(currency: string): PriceDraft {
  return {
    currency,
    unitPrice: '',
    amount: '',
    packageSize: '',
    freeUnits: '',
    rate: '',
    fixedAmount: '',
    freeEvents: '',
    minPerEvent: '',
    maxPerEvent: '',
    tiers: [
      { upTo: '1000', unitPrice: '', flatAmount: '' },
      { upTo: '', unitPrice: '', flatAmount: '' },
    ],
  }
}

/** What the API calls `properties`; undefined while something is missing that must be there. */
export function propertiesOf(model: ChargeModel, price: PriceDraft): Record<string, unknown> | undefined {
  if (model === 'GRADUATED' || model === 'VOLUME') {
    if (price.tiers.some(({ unitPrice }) => unitPrice === '')) return undefined
    return {
      tiers: price.tiers.map(({ upTo, unitPrice, flatAmount }) => ({
        upTo: upTo === '' ? null : upTo,
        unitPrice,
        ...(flatAmount === '' ? {} : { flatAmount }),
      })),
    }
  }
  const fields = fieldsOf[model]
  if (fields.some(([name, , isRequired]) => isRequired && price[name] === '')) return undefined
  return Object.fromEntries(
    fields
      .filter(([name]) => price[name] !== '')
      .map(([name]) => [name, name === 'freeEvents' ? Number(price[name]) : price[name]]),
  )
}

/** A price in a line: "0.05 a unit". */
export function priceInWords({ chargeModel, prices }: Charge): string {
  return prices
    .map(({ currency, properties }) => {
      switch (chargeModel) {
        case 'STANDARD':
          return `${currency} ${properties.unitPrice ?? 0} a unit`
        case 'PACKAGE':
          return `${currency} ${properties.amount ?? 0} for ${properties.packageSize ?? 1} units`
        case 'PERCENTAGE':
          return `${currency} ${properties.rate ?? 0} %`
        case 'GRADUATED':
        case 'VOLUME':
          return `${currency} in ${properties.tiers?.length ?? 0} tiers, from ${properties.tiers?.[0]?.unitPrice ?? 0} a unit`
      }
    })
    .join(' · ')
}

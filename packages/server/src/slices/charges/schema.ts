import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import {
  Currency,
  Instant,
  Money,
  MoneyInput,
  closed,
  named,
  oneOf,
  orNull,
  words,
} from '../../http/shapes.ts'

export const chargeModels = ['STANDARD', 'GRADUATED', 'VOLUME', 'PACKAGE', 'PERCENTAGE'] as const
export const chargeTimings = ['IN_ARREARS', 'IN_ADVANCE'] as const
const stepKinds = [
  'UNITS',
  'FLAT',
  'PACKAGES',
  'RATE',
  'EVENTS',
  'EVENTS_AT_MINIMUM',
  'EVENTS_AT_MAXIMUM',
] as const

const reference = Type.String({ minLength: 1, maxLength: 300 })
const decimal = (description: string) => ({
  ...MoneyInput,
  description: `${description}, with up to 12 decimals and 15 digits, as a number or a decimal string`,
})
const shown = (description: string) => ({ ...Money, description })

const unitPrice = 'Price of a unit in major units'
const flatAmount = 'Due once as soon as a unit is in the tier; 0 unless said'

const propertyTexts = {
  unitPrice: `STANDARD: ${unitPrice.toLowerCase()}`,
  amount: 'PACKAGE: price of a package in major units; what is begun is paid',
  packageSize: 'PACKAGE: units in a package',
  freeUnits: 'PACKAGE: units that cost nothing; 0 unless said',
  rate: 'PERCENTAGE: of what the events bring, in percent',
  fixedAmount: 'PERCENTAGE: for each event, in major units; 0 unless said',
  freeAmount:
    'PERCENTAGE: how much of what the events bring is free, the first of a period first; with freeEvents, of those only',
  minPerEvent: 'PERCENTAGE: the least an event costs that is not free',
  maxPerEvent: 'PERCENTAGE: the most an event costs',
} as const
const freeEvents = Type.Integer({
  minimum: 0,
  maximum: 1_000_000,
  description:
    'PERCENTAGE: how many events of a period are free, the first of them; with freeAmount, up to it',
})

const PropertiesInput = closed(
  {
    unitPrice: Type.Optional(decimal(propertyTexts.unitPrice)),
    tiers: Type.Optional(
      Type.Array(
        closed({
          upTo: Type.Union([decimal('The last unit of the tier, which is in it; null: no end'), Type.Null()]),
          unitPrice: decimal(unitPrice),
          flatAmount: Type.Optional(decimal(flatAmount)),
        }),
        { maxItems: 100, description: 'GRADUATED, VOLUME: from 0 on, the last without an end' },
      ),
    ),
    graduatedRanges: Type.Optional(
      Type.Array(
        closed({
          fromValue: decimal('Where the one before ends, or the next whole number'),
          toValue: Type.Union([decimal('The last unit, which is in it; null: no end'), Type.Null()]),
          perUnitAmount: decimal(unitPrice),
          flatAmount: Type.Optional(decimal(flatAmount)),
        }),
        { maxItems: 100, description: 'GRADUATED, VOLUME: the same as tiers, written as ranges' },
      ),
    ),
    amount: Type.Optional(decimal(propertyTexts.amount)),
    packageSize: Type.Optional(decimal(propertyTexts.packageSize)),
    freeUnits: Type.Optional(decimal(propertyTexts.freeUnits)),
    rate: Type.Optional(decimal(propertyTexts.rate)),
    fixedAmount: Type.Optional(decimal(propertyTexts.fixedAmount)),
    freeEvents: Type.Optional(freeEvents),
    freeAmount: Type.Optional(decimal(propertyTexts.freeAmount)),
    minPerEvent: Type.Optional(decimal(propertyTexts.minPerEvent)),
    maxPerEvent: Type.Optional(decimal(propertyTexts.maxPerEvent)),
  },
  { description: 'Those of the charge model' },
)

/** Prices of a charge as they are given. */
export const ChargePricesInput = Type.Array(
  closed({
    currency: Currency,
    properties: PropertiesInput,
    minAmount: Type.Optional({ ...MoneyInput, description: 'The least that a whole period costs' }),
  }),
  { minItems: 1, maxItems: 200, description: 'One a currency' },
)
export type ChargePricesInput = Static<typeof ChargePricesInput>

const filters = Type.Array(
  closed({
    key: words(100, { description: 'A key of the filters of the metric' }),
    values: Type.Array(words(200), { minItems: 1, maxItems: 100 }),
  }),
  {
    maxItems: 10,
    description: 'Only usage with one of these values for each key is charged; all unless given',
  },
)
export type Filters = Static<typeof filters>

const minAmount = {
  ...MoneyInput,
  description: 'The least that a whole period costs, for a charge with prices in one currency only',
}
const displayName = words(200, { description: 'What invoices call it; the name of the metric unless given' })
const prorated = Type.Boolean({
  description:
    'Whether units count for the part of the period that they were there: for recurring metrics, STANDARD, VOLUME or, over a SUM, GRADUATED',
})

export const CreateCharge = closed({
  planId: reference,
  billableMetricId: reference,
  chargeModel: oneOf(chargeModels),
  billingTiming: Type.Optional(
    oneOf(chargeTimings, {
      description:
        'When usage is invoiced: IN_ARREARS, unless said otherwise, at the end of its period; IN_ADVANCE as it comes, and what is carried into a period at its start',
    }),
  ),
  prices: ChargePricesInput,
  filters: Type.Optional(filters),
  minAmount: Type.Optional(minAmount),
  prorated: Type.Optional(prorated),
  displayName: Type.Optional(displayName),
})
export type CreateCharge = Static<typeof CreateCharge>

export const UpdateCharge = closed({
  prices: Type.Optional(ChargePricesInput),
  filters: Type.Optional(filters),
  minAmount: Type.Optional(minAmount),
  displayName: Type.Optional(orNull(displayName)),
})
export type UpdateCharge = Static<typeof UpdateCharge>

/** Whom a change of charges concerns. */
export const ApplyTo = closed({
  applyToExisting: Type.Optional(
    oneOf(['next_period'], {
      description:
        'Subscriptions from before have the change too, from their next period on; without it only new ones and those that change their plan',
    }),
  ),
})
export type ApplyTo = Static<typeof ApplyTo>

const ChargeProperties = Type.Object(
  {
    unitPrice: Type.Optional(shown(propertyTexts.unitPrice)),
    tiers: Type.Optional(
      Type.Array(
        Type.Object({
          upTo: orNull(shown('The last unit of the tier, which is in it; null: no end')),
          unitPrice: shown(unitPrice),
          flatAmount: shown(flatAmount),
        }),
      ),
    ),
    amount: Type.Optional(shown(propertyTexts.amount)),
    packageSize: Type.Optional(shown(propertyTexts.packageSize)),
    freeUnits: Type.Optional(shown(propertyTexts.freeUnits)),
    rate: Type.Optional(shown(propertyTexts.rate)),
    fixedAmount: Type.Optional(shown(propertyTexts.fixedAmount)),
    freeEvents: Type.Optional(freeEvents),
    freeAmount: Type.Optional(shown(propertyTexts.freeAmount)),
    minPerEvent: Type.Optional(shown(propertyTexts.minPerEvent)),
    maxPerEvent: Type.Optional(shown(propertyTexts.maxPerEvent)),
  },
  { $id: 'ChargeProperties' },
)
export type ChargeProperties = Static<typeof ChargeProperties>

export const ChargePrice = Type.Object(
  {
    currency: Type.String(),
    properties: named<ChargeProperties>('ChargeProperties'),
    minAmount: orNull(Money),
  },
  { $id: 'ChargePrice' },
)
export type ChargePrice = Static<typeof ChargePrice>

const Charge = Type.Object(
  {
    id: Type.String(),
    planId: Type.String(),
    billableMetricId: Type.String(),
    chargeModel: oneOf(chargeModels),
    billingTiming: oneOf(chargeTimings),
    prices: Type.Array(named<ChargePrice>('ChargePrice')),
    filters: Type.Array(Type.Object({ key: Type.String(), values: Type.Array(Type.String()) })),
    prorated: Type.Boolean(),
    displayName: orNull(Type.String()),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Charge' },
)
export type Charge = Static<typeof Charge>

export const ListCharges = closed({
  ...pageQuery,
  planId: Type.Optional(reference),
  billableMetricId: Type.Optional(reference),
})
export type ListCharges = Static<typeof ListCharges>
export const ListChargesOfPlan = closed(pageQuery)
export const PlanPath = closed({ planId: Type.String({ maxLength: 300 }) })

export const PreviewCharge = closed({
  chargeId: Type.Optional({
    ...reference,
    description: 'A charge to price by; or a model and its properties',
  }),
  chargeModel: Type.Optional(oneOf(chargeModels)),
  properties: Type.Optional(PropertiesInput),
  currency: Currency,
  usage: Type.Array(
    closed({
      quantity: Type.Optional(decimal('Units; for PERCENTAGE what the events bring together')),
      events: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'How many events; 1 unless said' }),
      ),
      amounts: Type.Optional(
        Type.Array(decimal('What one event brings'), {
          maxItems: 1000,
          description: 'PERCENTAGE: the events one by one, instead of quantity and events',
        }),
      ),
    }),
    { minItems: 1, maxItems: 100, description: 'Each is priced by itself, as the usage of a period' },
  ),
})
export type PreviewCharge = Static<typeof PreviewCharge>

const PriceStep = Type.Object(
  {
    kind: oneOf(stepKinds, {
      description:
        'Units of a tier (or all), its flat amount, packages, a rate of amounts, events, events at the least and at the most one costs',
    }),
    from: orNull(Type.String({ description: 'Units below the tier; null where there are no tiers' })),
    upTo: orNull(Type.String({ description: 'The last unit of the tier; null where it has no end' })),
    quantity: Type.String(),
    unitPrice: Type.String(),
    amount: Type.String({ description: 'Quantity × unit price, in major units' }),
  },
  { $id: 'PriceStep', description: 'Decimals, in strings, exactly' },
)
export type PriceStep = Static<typeof PriceStep>

export const ChargePreview = Type.Object(
  {
    currency: Type.String(),
    results: Type.Array(
      Type.Object({
        quantity: Type.String(),
        exactAmount: Type.String({ description: 'Before rounding, in major units' }),
        amount: { ...Money, description: 'As a line alone on its invoice' },
        steps: Type.Array(named<PriceStep>('PriceStep')),
      }),
    ),
  },
  { $id: 'ChargePreview' },
)
export type ChargePreview = Static<typeof ChargePreview>

export const schemas = [ChargeProperties, ChargePrice, Charge, PriceStep, ChargePreview]

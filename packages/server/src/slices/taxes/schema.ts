import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Country, Day, Instant, closed, named, orNull, words } from '../../http/shapes.ts'

const code = Type.String({
  pattern: '^[a-z0-9_-]+$',
  minLength: 1,
  maxLength: 40,
  description: 'Your own short name for it, which its account in the ledger carries',
})
const rate = Type.Unsafe<number | string>({
  type: ['number', 'string'],
  format: 'money',
  minimum: 0,
  maximum: 100,
  maxLength: 20,
  description: 'Percent, 0 to 100, with at most 6 decimals: `16`, `"19.25"`',
})
const ComponentInput = closed({
  name: words(100),
  code,
  rate,
  compound: Type.Optional(
    Type.Boolean({ description: 'Computed on the price and the components before it; false unless said' }),
  ),
})
const components = Type.Array(ComponentInput, {
  maxItems: 10,
  description: 'What the tax is made of, each shown and booked by itself; their rates make up `rate`',
})
const country = Type.Unsafe<Static<typeof Country>>({
  ...Country,
  description: 'Charged to customers in this country only; without it to all',
})
const fields = {
  name: words(100, { description: 'Printed on documents' }),
  description: words(500),
  inclusive: Type.Boolean({ description: 'Whether prices include it; false unless said' }),
  appliedByDefault: Type.Boolean({
    description: 'Whether it is charged where no other tax was assigned; false unless said',
  }),
  validFrom: Type.Unsafe<Static<typeof Day>>({
    ...Day,
    description: "First day it is charged, by the customer's time zone",
  }),
  validTo: Type.Unsafe<Static<typeof Day>>({ ...Day, description: 'Last day it is charged' }),
}

export const CreateTax = closed({
  name: fields.name,
  code,
  rate: Type.Optional(rate),
  components: Type.Optional(components),
  description: Type.Optional(fields.description),
  country: Type.Optional(country),
  inclusive: Type.Optional(fields.inclusive),
  appliedByDefault: Type.Optional(fields.appliedByDefault),
  validFrom: Type.Optional(fields.validFrom),
  validTo: Type.Optional(fields.validTo),
})
export type CreateTax = Static<typeof CreateTax>

export const UpdateTax = closed({
  name: Type.Optional(fields.name),
  rate: Type.Optional(rate),
  components: Type.Optional(components),
  description: Type.Optional(orNull(fields.description)),
  country: Type.Optional(orNull(country)),
  inclusive: Type.Optional(fields.inclusive),
  appliedByDefault: Type.Optional(fields.appliedByDefault),
  validFrom: Type.Optional(orNull(fields.validFrom)),
  validTo: Type.Optional(orNull(fields.validTo)),
})
export type UpdateTax = Static<typeof UpdateTax>

const TaxComponent = Type.Object(
  {
    name: Type.String(),
    code: Type.String(),
    rate: Type.Number({ description: 'Percent' }),
    compound: Type.Boolean(),
  },
  { $id: 'TaxComponent' },
)

export const Tax = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    code: Type.String(),
    description: orNull(Type.String()),
    rate: Type.Number({ description: 'Percent of the net price, all components together' }),
    components: Type.Array(named<Static<typeof TaxComponent>>('TaxComponent')),
    country: orNull(Type.String()),
    inclusive: Type.Boolean(),
    appliedByDefault: Type.Boolean(),
    validFrom: orNull(Day),
    validTo: orNull(Day),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Tax' },
)
export type Tax = Static<typeof Tax>

export const ListTaxes = closed({
  ...pageQuery,
  code: Type.Optional(Type.String({ maxLength: 40 })),
  country: Type.Optional(Country),
})
export type ListTaxes = Static<typeof ListTaxes>

const reference = Type.String({ minLength: 1, maxLength: 300 })

export const AssignTax = closed({
  taxCode: Type.Unsafe<string>({
    ...code,
    description: 'Of a tax; it keeps to the code when the rate changes',
  }),
  customerId: Type.Optional(reference),
  planId: Type.Optional(reference),
  chargeId: Type.Optional(reference),
})
export type AssignTax = Static<typeof AssignTax>

export const TaxAssignment = Type.Object(
  {
    id: Type.String(),
    taxCode: Type.String(),
    customerId: orNull(Type.String()),
    planId: orNull(Type.String()),
    chargeId: orNull(Type.String()),
    createdAt: Instant,
  },
  {
    $id: 'TaxAssignment',
    description: 'A tax that a customer, what is sold by a plan, or the usage of a charge is charged',
  },
)
export type TaxAssignment = Static<typeof TaxAssignment>

export const ListAssignments = closed({
  ...pageQuery,
  taxCode: Type.Optional(Type.String({ maxLength: 40 })),
  customerId: Type.Optional(reference),
  planId: Type.Optional(reference),
  chargeId: Type.Optional(reference),
})
export type ListAssignments = Static<typeof ListAssignments>

export const StandardTaxes = Type.Object(
  {
    asOf: Type.String({ description: 'Month the table was last looked through' }),
    taxes: Type.Array(
      Type.Object({
        country: Type.String(),
        name: Type.String(),
        code: Type.String(),
        rate: Type.Number({ description: 'Percent' }),
        components: Type.Array(
          Type.Object({ name: Type.String(), code: Type.String(), rate: Type.Number() }),
        ),
      }),
    ),
  },
  { $id: 'StandardTaxes' },
)
export type StandardTaxes = Static<typeof StandardTaxes>

export const schemas = [TaxComponent, Tax, TaxAssignment, StandardTaxes]

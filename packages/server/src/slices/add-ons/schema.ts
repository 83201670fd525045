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

const reference = Type.String({ minLength: 1, maxLength: 300 })
const prices = Type.Array(closed({ currency: Currency, amount: MoneyInput }), {
  minItems: 1,
  maxItems: 200,
  description: 'One price a currency',
})
const fields = {
  name: words(100, { description: 'The line of the invoice says it' }),
  description: words(500),
}

export const CreateAddOn = closed({
  name: fields.name,
  code: Type.String({
    pattern: '^[a-z0-9_-]+$',
    minLength: 1,
    maxLength: 100,
    description: 'Your own short name for it',
  }),
  prices,
  description: Type.Optional(fields.description),
})
export type CreateAddOn = Static<typeof CreateAddOn>

export const UpdateAddOn = closed({
  name: Type.Optional(fields.name),
  prices: Type.Optional(prices),
  description: Type.Optional(orNull(fields.description)),
})
export type UpdateAddOn = Static<typeof UpdateAddOn>

const AddOnPrice = Type.Object({ currency: Type.String(), amount: Money }, { $id: 'AddOnPrice' })

export const AddOn = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    code: Type.String(),
    description: orNull(Type.String()),
    prices: Type.Array(named<Static<typeof AddOnPrice>>('AddOnPrice')),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'AddOn' },
)
export type AddOn = Static<typeof AddOn>

export const ListAddOns = closed({ ...pageQuery, code: Type.Optional(Type.String({ maxLength: 100 })) })
export type ListAddOns = Static<typeof ListAddOns>

export const ApplyAddOn = closed({
  addOnId: reference,
  customerId: reference,
  subscriptionId: Type.Optional(
    Type.Unsafe<string>({ ...reference, description: 'On the next invoice of this one; otherwise of any' }),
  ),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '1 unless said' })),
  amount: Type.Optional(
    Type.Unsafe<number | string>({
      ...MoneyInput,
      description: 'For one; the price of the add-on unless said',
    }),
  ),
  currency: Type.Optional(
    Type.Unsafe<string>({
      ...Currency,
      description: 'That of the subscription, else of the customer unless said',
    }),
  ),
  invoiceNow: Type.Optional(
    Type.Boolean({ default: false, description: 'By an invoice of its own, issued at once' }),
  ),
  recurring: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'On the invoice of every period of `subscriptionId` from the next one on, until it is removed',
    }),
  ),
})
export type ApplyAddOn = Static<typeof ApplyAddOn>

export const AppliedAddOn = Type.Object(
  {
    id: Type.String(),
    addOnId: Type.String(),
    customerId: Type.String(),
    subscriptionId: orNull(Type.String()),
    description: Type.String(),
    quantity: Type.Integer(),
    unitAmount: Money,
    currency: Type.String(),
    status: oneOf(['PENDING', 'INVOICED', 'REMOVED']),
    recurring: Type.Boolean(),
    recurringId: orNull(
      Type.String({ description: 'The recurring one, of which this is what one period was charged' }),
    ),
    invoiceId: orNull(Type.String()),
    createdAt: Instant,
  },
  { $id: 'AppliedAddOn' },
)
export type AppliedAddOn = Static<typeof AppliedAddOn>

export const ListApplied = closed({
  ...pageQuery,
  customerId: Type.Optional(reference),
  subscriptionId: Type.Optional(reference),
})
export type ListApplied = Static<typeof ListApplied>

export const schemas = [AddOnPrice, AddOn, AppliedAddOn]

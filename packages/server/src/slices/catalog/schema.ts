import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import {
  Currency,
  Instant,
  Metadata,
  Money,
  MoneyInput,
  closed,
  named,
  oneOf,
  orNull,
  words,
} from '../../http/shapes.ts'

export const billingIntervals = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'] as const

const PriceInput = closed({ currency: Currency, amount: MoneyInput })

const code = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[a-z0-9_-]+$',
  description: 'Your own short name of the plan: small letters, digits, _ and -',
})
const features = Type.Array(words(200), { maxItems: 100 })
const netPaymentTerms = Type.Integer({
  minimum: 0,
  maximum: 365,
  description: "Days from issue to due, unless the customer has terms of its own; the tenant's unless set",
})

export const CreatePlan = closed({
  name: words(100),
  code,
  description: Type.Optional(words(500)),
  billingInterval: oneOf(billingIntervals),
  intervalCount: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Intervals in a period; default 1' }),
  ),
  billingTiming: Type.Optional(
    oneOf(['IN_ADVANCE', 'IN_ARREARS'], {
      description: 'Default IN_ADVANCE. IN_ARREARS is not supported yet and is refused',
    }),
  ),
  features: Type.Optional(features),
  prices: Type.Optional(Type.Array(PriceInput, { maxItems: 200, description: 'One in each currency' })),
  trialDays: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 365, description: 'Of new subscriptions; default 0' }),
  ),
  netPaymentTerms: Type.Optional(netPaymentTerms),
  metadata: Type.Optional(Metadata),
})
export type CreatePlan = Static<typeof CreatePlan>

export const UpdatePlan = closed({
  name: Type.Optional(words(100)),
  description: Type.Optional(orNull(words(500))),
  features: Type.Optional(features),
  isActive: Type.Optional(Type.Boolean({ description: 'Whether new subscriptions may be made' })),
  netPaymentTerms: Type.Optional(orNull(netPaymentTerms)),
  metadata: Type.Optional(Metadata),
})
export type UpdatePlan = Static<typeof UpdatePlan>

export const CreatePrice = PriceInput
export type CreatePrice = Static<typeof CreatePrice>

export const UpdatePrice = closed({ amount: MoneyInput })
export type UpdatePrice = Static<typeof UpdatePrice>

export const Price = Type.Object(
  { id: Type.String(), currency: Type.String(), amount: Money },
  { $id: 'Price' },
)
export type Price = Static<typeof Price>

export const Plan = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    code: Type.String(),
    description: orNull(Type.String()),
    billingInterval: oneOf(billingIntervals),
    intervalCount: Type.Integer(),
    billingTiming: oneOf(['IN_ADVANCE', 'IN_ARREARS']),
    features: Type.Array(Type.String()),
    prices: Type.Array(named<Price>('Price')),
    trialDays: Type.Integer(),
    netPaymentTerms: orNull(Type.Integer()),
    isActive: Type.Boolean(),
    metadata: Metadata,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Plan' },
)
export type Plan = Static<typeof Plan>

export const ListPlans = closed({
  ...pageQuery,
  isActive: Type.Optional(Type.Boolean()),
  search: Type.Optional(words(200, { description: 'Part of the name or code' })),
})
export type ListPlans = Static<typeof ListPlans>

export const PricePath = closed({
  id: Type.String({ maxLength: 300 }),
  priceId: Type.String({ maxLength: 300 }),
})

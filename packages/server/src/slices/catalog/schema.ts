import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import {
  Currency,
  Instant,
  Metadata,
  Money,
  MoneyInput,
  closed,
  oneOf,
  orNull,
  words,
} from '../../http/shapes.ts'

const billingInterval = oneOf(['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'])
const features = Type.Array(words(200), { maxItems: 100 })
const description = words(500)
const graceDays = Type.Integer({
  minimum: 0,
  maximum: 90,
  description:
    "Days that an invoice of a period stays a draft, which can be changed; the tenant's setting unless given",
})
const terms = Type.Integer({ minimum: 0, maximum: 365, description: 'Days from issue to due' })

export const PriceInput = closed({ currency: Currency, amount: MoneyInput })

export const CreatePlan = closed({
  name: words(100),
  code: Type.String({
    pattern: '^[a-z0-9_-]+$',
    minLength: 1,
    maxLength: 100,
    description: 'Your own short name for it',
  }),
  description: Type.Optional(description),
  billingInterval,
  intervalCount: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Intervals a period; 1 unless said' }),
  ),
  billingTiming: Type.Optional(
    oneOf(['IN_ADVANCE', 'IN_ARREARS'], {
      description:
        'When a period is invoiced: at its start, or IN_ARREARS when it is over. Default IN_ADVANCE',
    }),
  ),
  features: Type.Optional(features),
  prices: Type.Optional(Type.Array(PriceInput, { maxItems: 200, description: 'One price a currency' })),
  trialDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
  netPaymentTerms: Type.Optional(terms),
  invoiceGracePeriodDays: Type.Optional(graceDays),
  minimumCommitment: Type.Optional(
    Type.Array(PriceInput, {
      maxItems: 200,
      description: 'The least that a period costs, fee and usage together; one a currency. It never changes',
    }),
  ),
  progressiveBillingThreshold: Type.Optional(
    Type.Array(PriceInput, {
      maxItems: 200,
      description:
        'Once the usage of a period comes to so much, `usage.threshold_reached` tells it and it is invoiced at once; one a currency. It never changes',
    }),
  ),
  metadata: Type.Optional(Metadata),
})
export type CreatePlan = Static<typeof CreatePlan>

export const UpdatePlan = closed({
  name: Type.Optional(words(100)),
  description: Type.Optional(orNull(description)),
  features: Type.Optional(features),
  isActive: Type.Optional(Type.Boolean({ description: 'Whether new subscriptions may choose it' })),
  netPaymentTerms: Type.Optional(orNull(terms)),
  invoiceGracePeriodDays: Type.Optional(orNull(graceDays)),
  metadata: Type.Optional(Metadata),
})
export type UpdatePlan = Static<typeof UpdatePlan>

const applyToExisting = oneOf(['next_period'], {
  description:
    'Subscriptions of the plan in this currency get the price too, each with the next period that begins',
})
export type ApplyToExisting = Static<typeof applyToExisting>
export const ApplyPrice = closed({ applyToExisting: Type.Optional(applyToExisting) })

export const Price = Type.Object(
  { id: Type.String(), currency: Type.String(), amount: Money, createdAt: Instant },
  { $id: 'Price' },
)
export type Price = Static<typeof Price>

export const Plan = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    code: Type.String(),
    description: orNull(Type.String()),
    billingInterval,
    intervalCount: Type.Integer(),
    billingTiming: oneOf(['IN_ADVANCE', 'IN_ARREARS']),
    features: Type.Array(Type.String()),
    prices: Type.Array(Type.Unsafe<Price>({ $ref: 'Price#' })),
    trialDays: Type.Integer(),
    netPaymentTerms: orNull(Type.Integer()),
    invoiceGracePeriodDays: orNull(Type.Integer()),
    minimumCommitment: Type.Array(Type.Object({ currency: Type.String(), amount: Money })),
    progressiveBillingThreshold: Type.Array(Type.Object({ currency: Type.String(), amount: Money })),
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
  search: Type.Optional(words(100, { description: 'Part of the name or the code' })),
})
export type ListPlans = Static<typeof ListPlans>

export const UpdatePrice = closed({ amount: MoneyInput })
export const PricePath = closed({
  id: Type.String({ maxLength: 300 }),
  priceId: Type.String({ maxLength: 300 }),
})

import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Instant, Money, closed, named, oneOf } from '../../http/shapes.ts'
import { PriceInput } from '../catalog/index.ts'
import { type ChargePrice, ChargePricesInput } from '../charges/index.ts'

const reference = Type.String({ minLength: 1, maxLength: 300 })

const own = {
  prices: Type.Optional(
    Type.Array(PriceInput, {
      maxItems: 200,
      description: 'What a period costs this customer; one a currency',
    }),
  ),
  minimumCommitment: Type.Optional(
    Type.Array(PriceInput, {
      maxItems: 200,
      description:
        "The least that a period costs this customer, instead of the plan's; one a currency, 0 for none. Where there is no price of its own in the currency, that of the plan becomes it",
    }),
  ),
  charges: Type.Optional(
    Type.Array(
      closed({
        chargeId: Type.String({ minLength: 1, maxLength: 300, description: 'A charge of the plan' }),
        prices: ChargePricesInput,
      }),
      {
        maxItems: 100,
        description: 'What usage costs this customer; in other currencies it costs what it costs all',
      },
    ),
  ),
}

export const CreatePlanOverride = closed({ customerId: reference, planId: reference, ...own })
export type CreatePlanOverride = Static<typeof CreatePlanOverride>

export const UpdatePlanOverride = closed(own)
export type UpdatePlanOverride = Static<typeof UpdatePlanOverride>

/** Whom a change of a customer's own prices concerns. */
export const ApplyOwn = closed({
  applyToExisting: Type.Optional(
    oneOf(['next_period'], {
      description:
        'The subscriptions that the customer has of the plan pay so too, each from its next period on; without it only new ones and those that change their plan',
    }),
  ),
})
export type ApplyOwn = Static<typeof ApplyOwn>

const amount = Type.Object({ currency: Type.String(), amount: Money })
export const PlanOverride = Type.Object(
  {
    id: Type.String(),
    customerId: Type.String(),
    planId: Type.String(),
    prices: Type.Array(amount),
    minimumCommitment: Type.Array(amount),
    charges: Type.Array(
      Type.Object({ chargeId: Type.String(), prices: Type.Array(named<ChargePrice>('ChargePrice')) }),
    ),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'PlanOverride' },
)
export type PlanOverride = Static<typeof PlanOverride>

export const ListPlanOverrides = closed({
  ...pageQuery,
  customerId: Type.Optional(reference),
  planId: Type.Optional(reference),
})
export type ListPlanOverrides = Static<typeof ListPlanOverrides>

export const schemas = [PlanOverride]

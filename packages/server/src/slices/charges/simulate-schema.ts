import { Type, type Static } from 'typebox'
import { Instant, Money, closed, named, oneOf } from '../../http/shapes.ts'
import { ChargePricesInput, chargeModels } from './schema.ts'

/** The most windows of usage, of one charge of one subscription each, that are priced at once. */
export const mostWindows = 20_000

export const SimulatePlan = closed({
  from: { ...Instant, description: 'Periods that begin from here on' },
  to: { ...Instant, description: 'Periods that are over, and invoiced, by then' },
  charges: Type.Array(
    closed({
      chargeId: Type.String({ minLength: 1, maxLength: 300, description: 'A charge of the plan' }),
      chargeModel: Type.Optional(oneOf(chargeModels, { description: 'That of the charge unless given' })),
      prices: ChargePricesInput,
    }),
    { minItems: 1, maxItems: 50, description: 'What is changed; other charges of the plan stay as they are' },
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Customers in the answer; 100 unless said' }),
  ),
})
export type SimulatePlan = Static<typeof SimulatePlan>

const amounts = {
  currency: Type.String(),
  before: { ...Money, description: 'With the prices that they had' },
  after: { ...Money, description: 'With the changed ones' },
  difference: Money,
}

const SimulatedTotal = Type.Object(
  {
    ...amounts,
    more: Type.Integer({ description: 'Customers who would pay more' }),
    less: Type.Integer({ description: 'Customers who would pay less' }),
    same: Type.Integer(),
  },
  { $id: 'SimulatedTotal' },
)
type SimulatedTotal = Static<typeof SimulatedTotal>
const SimulatedCustomer = Type.Object({ customerId: Type.String(), ...amounts }, { $id: 'SimulatedCustomer' })
type SimulatedCustomer = Static<typeof SimulatedCustomer>

export const PlanSimulation = Type.Object(
  {
    totals: Type.Array(named<SimulatedTotal>('SimulatedTotal'), { description: 'One a currency' }),
    customers: Type.Array(named<SimulatedCustomer>('SimulatedCustomer'), {
      description: 'The greatest differences first',
    }),
  },
  {
    $id: 'PlanSimulation',
    description:
      'What the usage of the periods costs, with its minimums; without fees, commitments and taxes',
  },
)
export type PlanSimulation = Static<typeof PlanSimulation>

export const simulateSchemas = [SimulatedTotal, SimulatedCustomer, PlanSimulation]

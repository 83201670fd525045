import { listCurrencies } from '@novabilling/core/money'
import { Type, type Static } from 'typebox'
import { type Slice, publicRoute } from '../../http/route.ts'
import { named } from '../../http/shapes.ts'

const CurrencyFacts = Type.Object(
  {
    code: Type.String({ description: 'ISO 4217' }),
    name: Type.String(),
    symbol: Type.String(),
    decimals: Type.Integer({ description: 'Decimals of an amount in major units' }),
  },
  { $id: 'Currency' },
)

const all = listCurrencies()

export const currencies: Slice = {
  name: 'currencies',
  title: 'Currencies',
  description: 'What amounts may be in.',
  schemas: [CurrencyFacts],
  routes: [
    publicRoute({
      method: 'GET',
      url: '/currencies',
      operation: 'currencies.list',
      summary: 'List currencies',
      status: 200,
      response: Type.Array(named<Static<typeof CurrencyFacts>>('Currency')),
      handle: async () => all,
    }),
  ],
}

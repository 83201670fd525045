export { allocate } from './allocate.ts'
export { type CurrencyFacts, exponentOf, isCurrency, listCurrencies } from './currency.ts'
export { type Money, type MoneyFault, mostMinor, parseMajor, sumOf, toMajor, toMajorNumber } from './money.ts'
export {
  type Ratio,
  add,
  compare,
  divide,
  floor,
  fromDecimal,
  multiply,
  ratio,
  roundHalfUp,
  subtract,
  toDecimal,
  toRoundedDecimal,
  zero,
} from './ratio.ts'

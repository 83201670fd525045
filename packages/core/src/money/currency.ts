import { exponentsOtherThan2 } from './exponents.ts'

/** A currency: its ISO 4217 code, its English name and sign, and the decimals of its minor unit. */
export type CurrencyFacts = {
  readonly code: string
  readonly name: string
  readonly symbol: string
  readonly decimals: number
}

const codes: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** Whether this is the code of a currency: three capitals that `Intl` knows. */
export function isCurrency(code: string): boolean {
  return codes.has(code)
}

/** Decimals of a currency's minor unit by ISO 4217: 0 for UGX, 2 for KES, 3 for KWD. The currency must be one. */
export function exponentOf(currency: string): number {
  if (!codes.has(currency)) throw new RangeError(`${currency} is not a currency`)
  return exponentsOtherThan2.get(currency) ?? 2
}

/** Every currency, by code. */
export function listCurrencies(): CurrencyFacts[] {
  const names = new Intl.DisplayNames('en', { type: 'currency' })
  return Array.from(codes, (code) => ({
    code,
    name: names.of(code) ?? code,
    symbol: symbolOf(code),
    decimals: exponentOf(code),
  }))
}

function symbolOf(currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
  return format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency
}

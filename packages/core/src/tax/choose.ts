import { isMemberState, isVatNumber } from './vat-id.ts'

/** A tax that a seller has set up. Days are `YYYY-MM-DD`, both inclusive. */
export type TaxOption = {
  readonly code: string
  /** Only for customers there; null: wherever they are. */
  readonly country: string | null
  readonly appliedByDefault: boolean
  readonly validFrom: string | null
  readonly validTo: string | null
}

/** Whether a customer pays tax: as everybody, not at all, or to the state instead of the seller. */
export type TaxTreatment = 'AUTOMATIC' | 'EXEMPT' | 'REVERSE_CHARGE'

/** Who sells to whom, and when. */
export type Supply = {
  readonly day: string
  readonly sellerCountry: string | null
  readonly buyerCountry: string | null
  readonly buyerTaxId: string | null
  readonly treatment: TaxTreatment
}

/** Codes of taxes that were assigned, by level; undefined: none was. */
export type TaxLevels = {
  /** Named by the line itself; an empty list says that it is not taxed. */
  readonly line?: readonly string[] | undefined
  readonly charge?: readonly string[] | undefined
  readonly plan?: readonly string[] | undefined
  readonly customer?: readonly string[] | undefined
}

/** What is charged on a line: taxes; or none, and why. */
export type ChosenTaxes<T> =
  | { readonly kind: 'TAXED'; readonly taxes: readonly T[] }
  | { readonly kind: 'EXEMPT' | 'REVERSE_CHARGE' }

/**
 * Chooses the taxes of a line. The most specific level with a tax that applies wins: what the line names, then its
 * charge, its plan, its customer, and the taxes applied by default. A tax applies on the days for which it is valid (of
 * one code the one that became valid last) and, unless the line or the customer names it, only to customers in its
 * country. A customer without a country is taken to be where the seller is.
 *
 * A sale to a business in another member state of the European Union, known by a well-formed VAT number of its
 * country, is taxed there by reverse charge (Directive 2006/112/EC, article 196).
 */
export function chooseTaxes<T extends TaxOption>(
  options: readonly T[],
  supply: Supply,
  levels: TaxLevels = {},
): ChosenTaxes<T> {
  if (levels.line?.length === 0) return { kind: 'TAXED', taxes: [] }
  if (supply.treatment === 'EXEMPT') return { kind: 'EXEMPT' }
  if (supply.treatment === 'REVERSE_CHARGE' || isReverseCharged(supply)) return { kind: 'REVERSE_CHARGE' }
  const valid = validOn(options, supply.day)
  const country = supply.buyerCountry ?? supply.sellerCountry
  const here = valid.filter((option) => option.country === null || option.country === country)
  const named = (among: readonly T[], codes: readonly string[] | undefined): T[] =>
    among.filter(({ code }) => codes?.includes(code))
  const byLevel = [
    () => named(valid, levels.line),
    () => named(here, levels.charge),
    () => named(here, levels.plan),
    () => named(valid, levels.customer),
  ]
  for (const taxesOf of byLevel) {
    const taxes = taxesOf()
    if (taxes.length > 0) return { kind: 'TAXED', taxes }
  }
  return { kind: 'TAXED', taxes: here.filter(({ appliedByDefault }) => appliedByDefault) }
}

/** The taxes that are valid on a day, of each code the one that became so last. */
function validOn<T extends TaxOption>(options: readonly T[], day: string): T[] {
  const latest = new Map<string, T>()
  for (const option of options) {
    const { code, validFrom, validTo } = option
    if ((validFrom !== null && validFrom > day) || (validTo !== null && validTo < day)) continue
    const known = latest.get(code)
    if (!known || (known.validFrom ?? '') <= (validFrom ?? '')) latest.set(code, option)
  }
  return [...latest.values()]
}

function isReverseCharged({ sellerCountry, buyerCountry, buyerTaxId }: Supply): boolean {
  if (sellerCountry === null || buyerCountry === null || buyerTaxId === null) return false
  return (
    sellerCountry !== buyerCountry &&
    isMemberState(sellerCountry) &&
    isMemberState(buyerCountry) &&
    isVatNumber(buyerCountry, buyerTaxId)
  )
}

import { localDay } from '@novabilling/core/calendar'
import { chargeOf, formatDay } from '@novabilling/core/invoice'
import { type Ratio, parseMajor, ratio } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import { type AppliedTax, type NamedTaxes, type TaxBook, openTaxBook, taxesOf } from '../taxes/index.ts'
import type { LineDerivation, StoredDerivation } from './derivation.ts'
import type { BillTo, Issuer, LineOfInvoice } from './sql.ts'

/** An invoice as far as its taxes depend on it. */
type Taxable = {
  readonly environmentId: string
  readonly customerId: string
  readonly planId: string | null
  readonly billTo: BillTo
  readonly issuer: Issuer
  readonly atMs: number
}

/** The taxes of the lines of an invoice, on the local day of an instant. */
export function taxesOnLines(book: TaxBook, of: Taxable): (named?: NamedTaxes) => readonly AppliedTax[] {
  const { billTo, issuer } = of
  const supply = {
    environmentId: of.environmentId,
    customerId: of.customerId,
    planId: of.planId,
    day: formatDay(localDay(billTo.timezone, of.atMs)),
    sellerCountry: issuer.address?.['country'] ?? issuer.country,
    buyerCountry: billTo.address?.['country'] ?? billTo.country,
    buyerTaxId: billTo.taxId,
  }
  return (named) => book.taxesOn(supply, named)
}

/** The taxes of one customer, such as that of an invoice by hand. */
export async function taxBookOf(
  tx: Pick<Tx, 'query' | 'queryAll'>,
  customer: Pick<Taxable, 'environmentId' | 'customerId'>,
): Promise<TaxBook> {
  return openTaxBook(tx, await tx.query(taxesOf([customer.environmentId])), [customer])
}

/** The charge whose usage, or minimum, a line is of. */
export function chargeIdOf(
  derivation: LineDerivation | StoredDerivation | null | undefined,
): string | undefined {
  return derivation?.usage?.charge ?? derivation?.minimum?.charge ?? undefined
}

/** What a line charges, exactly: as it was derived, or quantity times price for one by hand. */
export function exactOf(
  currency: string,
  { quantity, unit }: LineOfInvoice,
  derivation: StoredDerivation | null | undefined,
): Ratio {
  if (derivation) {
    const [numerator, denominator] = derivation.exact
    return ratio(BigInt(numerator), BigInt(denominator))
  }
  const unitMinor = parseMajor(currency, unit)
  if (typeof unitMinor !== 'bigint') throw new Error(`${unit} is no price in ${currency}`)
  return chargeOf(quantity, unitMinor)
}

import { type Discount } from '@novabilling/core/discount'
import { type InvoiceAmounts, draftInvoice } from '@novabilling/core/invoice'
import type { Ratio } from '@novabilling/core/money'
import type { TaxRate } from '@novabilling/core/tax'
import type { Offer } from '../coupons/index.ts'
import { type AppliedTax, isSameTax, shareOf } from '../taxes/index.ts'

/** A tax of an issued invoice or credit note, in minor units as text, for JSON has no integers of 64 bits. */
export type TaxOfInvoice = AppliedTax & { readonly base: string; readonly amount: string }
/** The same of a line: what it bears of it. */
export type TaxOfLine = AppliedTax & { readonly amount: string }

/**
 * A discount as it came off an invoice. `value` is a decimal of percent, or minor units. `lines` are the places of those
 * that it is for, and `lineAmounts` what it took off every line, net.
 */
export type DiscountOfInvoice = {
  readonly couponId: string
  readonly code: string
  readonly name: string
  readonly kind: Discount['kind']
  readonly value: string
  readonly lines: readonly number[]
  readonly amount: string
  readonly lineAmounts: readonly string[]
}

/** A line as it is priced: exact, in minor units, as the price was said. */
export type ExactLine = { readonly amount: Ratio; readonly taxes: readonly AppliedTax[] }

/** What lines come to. Null taxes: none. */
export type Priced = Pick<
  InvoiceAmounts,
  | 'lineMinor'
  | 'lineDiscountMinor'
  | 'subtotalMinor'
  | 'discountMinor'
  | 'taxMinor'
  | 'totalMinor'
  | 'discounts'
> & {
  readonly taxes: readonly TaxOfInvoice[] | null
  readonly lineTaxes: readonly (readonly TaxOfLine[] | null)[]
}

/** Rounds lines, takes discounts off them, and taxes what is left: all in one. */
export function priceLines(lines: readonly ExactLine[], discounts: readonly Discount[] = []): Priced {
  const applied = new Map<TaxRate, AppliedTax>()
  const taxed = lines.map((line) => ({
    amount: line.amount,
    taxes: line.taxes.map((tax) => {
      const rate = { code: tax.code, rate: shareOf(tax.rate), inclusive: tax.inclusive }
      applied.set(rate, tax)
      return rate
    }),
  }))
  const { taxes, ...amounts } = draftInvoice(taxed, discounts)
  const shown = taxes.flatMap((total) => {
    const tax = applied.get(total.tax)
    return tax ? [{ tax, total }] : []
  })
  return {
    ...amounts,
    taxes:
      shown.length === 0
        ? null
        : shown.map(({ tax, total }) => ({
            ...tax,
            base: String(total.baseMinor),
            amount: String(total.taxMinor),
          })),
    lineTaxes: lines.map((line, place) => {
      if (line.taxes.length === 0) return null
      return line.taxes.map((tax) => {
        const own = shown.find((one) => isSameTax(one.tax, tax))
        return { ...tax, amount: String(own?.total.lineMinor[place] ?? 0n) }
      })
    }),
  }
}

/** What coupons took off, as it is kept with the invoice; null: nothing. */
export function discountsTaken(offers: readonly Offer[], { discounts }: Priced): DiscountOfInvoice[] | null {
  const taken = offers.flatMap(({ coupon, discount }, index): DiscountOfInvoice[] => {
    const shares = discounts[index]
    if (!shares || shares.minor === 0n) return []
    return [
      {
        couponId: coupon.coupon_id,
        code: coupon.code,
        name: coupon.name,
        kind: discount.kind,
        value: coupon.percent ?? String(coupon.amount_minor),
        lines: discount.lines,
        amount: String(shares.minor),
        lineAmounts: shares.lineMinor.map(String),
      },
    ]
  })
  return taken.length === 0 ? null : taken
}

import { add, fromDecimal, toDecimal, zero } from '@novabilling/core/money'
import type { InvoiceRow, LineOfInvoice } from './sql.ts'

/** How the norm sees what a line is charged (UNTDID 5305), which knows one rate a line: several are one, together. */
type TaxKind = { readonly category: 'S' | 'Z' | 'E' | 'AE' | 'O'; readonly percent: string }

type Breakdown = { readonly kind: TaxKind; readonly netMinor: bigint; readonly taxMinor: bigint }

/** Of an invoice without any tax no line is subject to one (`O`), which the norm does not allow beside others. */
export function kindOf(row: InvoiceRow, { taxes }: LineOfInvoice): TaxKind {
  if (row.taxes === null) return { category: 'O', percent: '0' }
  if (taxes === null || taxes.some(({ category }) => category === 'EXEMPT'))
    return { category: 'E', percent: '0' }
  if (taxes.some(({ category }) => category === 'REVERSE_CHARGE')) return { category: 'AE', percent: '0' }
  const percent = toDecimal(taxes.reduce((sum, { rate }) => add(sum, fromDecimal(rate)), zero))
  return { category: percent === '0' ? 'Z' : 'S', percent }
}

/** What lines of each kind come to, net of their discounts, and the tax that they bear. */
export function breakdownOf(row: InvoiceRow): Breakdown[] {
  const kinds = new Map<string, Breakdown>()
  for (const line of row.lines) {
    const kind = kindOf(row, line)
    const key = `${kind.category} ${kind.percent}`
    const known = kinds.get(key) ?? { kind, netMinor: 0n, taxMinor: 0n }
    const taxMinor = (line.taxes ?? []).reduce((sum, { amount }) => sum + BigInt(amount), 0n)
    kinds.set(key, {
      kind,
      netMinor: known.netMinor + BigInt(line.minor) - BigInt(line.discount),
      taxMinor: known.taxMinor + taxMinor,
    })
  }
  return [...kinds.values()]
}

export function categoryOf({ category, percent }: TaxKind) {
  return {
    'cbc:ID': category,
    ...(category === 'O' ? {} : { 'cbc:Percent': percent }),
    'cac:TaxScheme': { 'cbc:ID': 'VAT' },
  } as const
}

/** Why there is no tax, where there is none. */
export function reasonOf({ category }: TaxKind) {
  if (category === 'O') return { 'cbc:TaxExemptionReasonCode': 'VATEX-EU-O' } as const
  if (category === 'AE') return { 'cbc:TaxExemptionReasonCode': 'VATEX-EU-AE' } as const
  if (category === 'E') return { 'cbc:TaxExemptionReason': 'Exempt from tax' } as const
  return {}
}

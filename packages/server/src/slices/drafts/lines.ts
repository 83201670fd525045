import { chargeOf } from '@novabilling/core/invoice'
import { toMajor } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { MoneyReader, tooMuchMinor } from '../../http/money-input.ts'
import { invalid } from '../../refusal.ts'
import {
  type BillTo,
  type InvoiceRow,
  type Issuer,
  priceLines,
  taxBookOf,
  taxesOnLines,
} from '../invoices/index.ts'
import { refuseUnknownCodes } from '../taxes/index.ts'
import type { Items } from './schema.ts'

type Lines = Pick<
  InvoiceRow,
  'lines' | 'subtotal_minor' | 'discount_minor' | 'tax_minor' | 'total_minor' | 'taxes' | 'discounts'
>

/** No invoice is over more than 15 digits, so that its amounts are exact as JSON numbers too. */
export type LineType = 'MANUAL' | 'ADD_ON'

type Invoice = {
  readonly environmentId: string
  readonly customerId: string
  /** Whose taxes its lines have, where they name none; null for one that is of no plan. */
  readonly planId: string | null
  readonly currency: string
  readonly billTo: BillTo
  readonly issuer: Issuer
  readonly lineType?: LineType
}

/**
 * Prices lines by hand, exactly, with the taxes of today, and rounds the invoice once. Refuses with all faults of all
 * lines.
 */
export async function priceItems(deps: Deps, tx: Tx, items: Items, invoice: Invoice): Promise<Lines> {
  const { environmentId, currency } = invoice
  const money = new MoneyReader()
  const read = items.map(({ description, quantity, unitAmount, taxCodes }, index) => {
    const count = decimalOf(quantity)
    if (count === undefined) {
      money.faults.push({
        path: `items[${index}].quantity`,
        message: 'must be a decimal above 0, with at most 12 decimals and 15 digits, without exponent',
      })
    }
    const unitMinor = money.read(`items[${index}].unitAmount`, currency, unitAmount)
    return { description, quantity: count ?? '0', unitMinor, taxCodes }
  })
  const charges = read.map(({ quantity, unitMinor }) => ({ amount: chargeOf(quantity, unitMinor) }))
  for (const [index, { amount }] of charges.entries()) {
    if (amount.numerator >= tooMuchMinor * amount.denominator) {
      money.faults.push({ path: `items[${index}]`, message: 'makes an amount of more than 15 digits' })
    }
  }
  if (money.faults.length > 0) throw invalid(...money.faults)
  await refuseUnknownCodes(
    tx,
    environmentId,
    items.flatMap(({ taxCodes = [] }, index) =>
      taxCodes.map((code, place) => ({ path: `items[${index}].taxCodes[${place}]`, code })),
    ),
  )
  const book = await taxBookOf(tx, invoice)
  const taxesOn = taxesOnLines(book, { ...invoice, atMs: tx.now.epochMilliseconds })
  const { lineMinor, lineTaxes, taxes, subtotalMinor, taxMinor, totalMinor } = priceLines(
    charges.map(({ amount }, index) => ({ amount, taxes: taxesOn({ line: read[index]?.taxCodes }) })),
  )
  if (totalMinor >= tooMuchMinor)
    throw invalid({ path: 'items', message: 'make a total of more than 15 digits' })
  return {
    lines: read.map(({ description, quantity, unitMinor, taxCodes }, index) => ({
      id: deps.ids.next(),
      type: invoice.lineType ?? 'MANUAL',
      description,
      quantity,
      unit: toMajor({ currency, minor: unitMinor }),
      minor: String(lineMinor[index] ?? 0n),
      discount: '0',
      from: null,
      to: null,
      isDeferred: false,
      taxes: lineTaxes[index] ?? null,
      taxCodes: taxCodes ?? null,
      metricId: null,
    })),
    subtotal_minor: subtotalMinor,
    discount_minor: 0n,
    discounts: null,
    tax_minor: taxMinor,
    taxes,
    total_minor: totalMinor,
  }
}

/** A decimal above zero in its shortest form; undefined for anything else. */
function decimalOf(value: number | string): string | undefined {
  const match = /^0*(\d{1,15})(?:\.(\d{0,12}?)0*)?$/.exec(String(value))
  if (!match) return undefined
  const [, whole = '', fraction = ''] = match
  const digits = (whole + fraction).replace(/^0+/, '').length
  if (digits === 0 || digits > 15) return undefined
  return fraction === '' ? whole : `${whole}.${fraction}`
}

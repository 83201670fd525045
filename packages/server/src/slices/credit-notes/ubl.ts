import { localDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import { allocate, ratio, toMajor } from '@novabilling/core/money'
import type { ElectronicInvoice } from '../../documents/index.ts'
import type { InvoiceRow } from '../invoices/index.ts'
import { isSameTax } from '../taxes/index.ts'
import type { CreditNoteRow } from './sql.ts'

type Ubl = ElectronicInvoice['ubl:Invoice']
type Line = Ubl['cac:InvoiceLine'][number]
type Category = Line['cac:Item']['cac:ClassifiedTaxCategory']
type Subtotal = NonNullable<Ubl['cac:TaxTotal'][0]['cac:TaxSubtotal']>[number]

/** "One" (UN/ECE Recommendation 20). */
const one = 'C62'

/**
 * A credit note in the terms of EN 16931, as it was issued: the parties, the currency and the tax categories are those
 * of its invoice, given in the same terms, and it refers to that (BG-3). Each line is one of what is credited of it.
 * What is credited of each tax goes to the categories whose lines have it, by what is credited of them.
 *
 * `chargedLines` are the invoice's lines, in their order.
 */
export function ublOf(
  note: CreditNoteRow,
  { 'ubl:Invoice': invoice }: ElectronicInvoice,
  chargedLines: readonly Pick<InvoiceRow['lines'][number], 'id' | 'taxes'>[],
): ElectronicInvoice {
  const { number, issued_at: issuedAt } = note
  if (number === null || issuedAt === null) throw new Error('a credit note without a number')
  const currency = invoice['cbc:DocumentCurrencyCode']
  const major = (minor: bigint): string => toMajor({ currency: note.currency, minor })
  const dayOf = (at: number): string => formatDay(localDay(note.bill_to.timezone, at))
  const lines = note.lines.map((line) => {
    const place = chargedLines.findIndex(({ id }) => id === line.lineId)
    const charged = invoice['cac:InvoiceLine'][place]
    if (!charged) throw new Error(`line ${line.id} credits none of its invoice`)
    const taxes = chargedLines[place]?.taxes ?? []
    return { line, charged, taxes, netMinor: BigInt(line.minor) - BigInt(line.discount) }
  })
  const subtotals = (invoice['cac:TaxTotal'][0]['cac:TaxSubtotal'] ?? []).flatMap((charged) => {
    const own = lines.filter((line) =>
      isSame(line.charged['cac:Item']['cac:ClassifiedTaxCategory'], charged['cac:TaxCategory']),
    )
    return own.length === 0 ? [] : [{ charged, own, netMinor: netOf(own) }]
  })
  const shares = (note.taxes ?? []).map((tax) =>
    allocate(
      BigInt(tax.amount),
      subtotals.map(({ own }) =>
        ratio(netOf(own.filter(({ taxes }) => taxes.some((one) => isSameTax(one, tax))))),
      ),
    ),
  )
  const taxOf = (index: number): bigint => shares.reduce((sum, share) => sum + (share[index] ?? 0n), 0n)
  const [net, total] = [major(note.total_minor - note.tax_minor), major(note.total_minor)]

  return {
    'ubl:Invoice': {
      'cbc:CustomizationID': 'urn:cen.eu:en16931:2017',
      'cbc:ID': number,
      'cbc:IssueDate': dayOf(Date.parse(issuedAt)),
      'cbc:InvoiceTypeCode': '381',
      'cbc:DocumentCurrencyCode': currency,
      'cac:BillingReference': [
        {
          'cac:InvoiceDocumentReference': {
            'cbc:ID': invoice['cbc:ID'],
            'cbc:IssueDate': invoice['cbc:IssueDate'],
          },
        },
      ],
      'cac:AccountingSupplierParty': invoice['cac:AccountingSupplierParty'],
      'cac:AccountingCustomerParty': invoice['cac:AccountingCustomerParty'],
      'cac:TaxTotal': [
        {
          'cbc:TaxAmount': major(note.tax_minor),
          'cbc:TaxAmount@currencyID': currency,
          'cac:TaxSubtotal': subtotals.map(({ charged, netMinor }, index) => ({
            'cbc:TaxableAmount': major(netMinor),
            'cbc:TaxableAmount@currencyID': currency,
            'cbc:TaxAmount': major(taxOf(index)),
            'cbc:TaxAmount@currencyID': currency,
            'cac:TaxCategory': charged['cac:TaxCategory'],
          })),
        },
      ],
      'cac:LegalMonetaryTotal': {
        'cbc:LineExtensionAmount': net,
        'cbc:LineExtensionAmount@currencyID': currency,
        'cbc:TaxExclusiveAmount': net,
        'cbc:TaxExclusiveAmount@currencyID': currency,
        'cbc:TaxInclusiveAmount': total,
        'cbc:TaxInclusiveAmount@currencyID': currency,
        'cbc:PayableAmount': total,
        'cbc:PayableAmount@currencyID': currency,
      },
      'cac:InvoiceLine': atLeastOne(
        lines.map(({ line, charged, netMinor }, index) => ({
          'cbc:ID': String(index + 1),
          'cbc:InvoicedQuantity': '1',
          'cbc:InvoicedQuantity@unitCode': one,
          'cbc:LineExtensionAmount': major(netMinor),
          'cbc:LineExtensionAmount@currencyID': currency,
          ...(line.from === null || line.to === null
            ? {}
            : {
                'cac:InvoicePeriod': {
                  'cbc:StartDate': dayOf(Date.parse(line.from)),
                  'cbc:EndDate': dayOf(Date.parse(line.to) - 1),
                },
              }),
          'cac:Item': charged['cac:Item'],
          // Net of its discount, as one price: what it was before is on the invoice.
          'cac:Price': { 'cbc:PriceAmount': major(netMinor), 'cbc:PriceAmount@currencyID': currency },
        })),
      ),
    },
  }
}

function isSame(one: Category, other: Subtotal['cac:TaxCategory']): boolean {
  return one['cbc:ID'] === other['cbc:ID'] && (one['cbc:Percent'] ?? '0') === (other['cbc:Percent'] ?? '0')
}

function netOf(lines: readonly { readonly netMinor: bigint }[]): bigint {
  return lines.reduce((sum, { netMinor }) => sum + netMinor, 0n)
}

function atLeastOne(lines: readonly Line[]): [Line, ...Line[]] {
  const [first, ...rest] = lines
  if (!first) throw new Error('a credit note has no line')
  return [first, ...rest]
}

import { localDay } from '@novabilling/core/calendar'
import { chargeOf, formatDay } from '@novabilling/core/invoice'
import { exponentOf, parseMajor, roundHalfUp, toMajor } from '@novabilling/core/money'
import { isVatNumber } from '@novabilling/core/tax'
import type { ElectronicInvoice } from '../../documents/index.ts'
import { Refusal } from '../../refusal.ts'
import { breakdownOf, categoryOf, kindOf, reasonOf } from './ubl-tax.ts'
import type { InvoiceRow, LineOfInvoice, PartySnapshot } from './sql.ts'

type Ubl = ElectronicInvoice['ubl:Invoice']
type Line = Ubl['cac:InvoiceLine'][number]
type Address = Ubl['cac:AccountingCustomerParty']['cac:Party']['cac:PostalAddress']
type Country = Address['cac:Country']['cbc:IdentificationCode']
type Currency = Ubl['cbc:DocumentCurrencyCode']

const mostDecimals = 2
/** "One" (UN/ECE Recommendation 20). */
const one = 'C62'

/**
 * An issued invoice in the terms of EN 16931, as it was issued: what was paid since is not in it. Refuses a draft, a
 * currency with more than the two decimals the norm allows (BR-DEC), and one that was issued
 * without what it asks of both parties, which the refusal names.
 */
export function ublOf(row: InvoiceRow): ElectronicInvoice {
  const { number, issued_at: issuedAt, due_date: dueDate } = row
  if (number === null || issuedAt === null || dueDate === null) {
    throw impossible('It is a draft: finalize it first.')
  }
  if (exponentOf(row.currency) > mostDecimals)
    throw impossible(`The norm allows ${mostDecimals} decimals, and ${row.currency} has more.`)
  const [from, to] = [landOf(row.issuer), landOf(row.bill_to)]
  const isReverse = (row.taxes ?? []).some(({ category }) => category === 'REVERSE_CHARGE')
  const missing = [
    ...(from === null ? ["the tenant's country"] : []),
    ...(row.issuer.taxId === null ? ["the tenant's settings.taxId"] : []),
    ...(to === null ? ["the customer's country"] : []),
    // BR-AE-02
    ...(isReverse && row.bill_to.taxId === null ? ["the customer's taxId"] : []),
  ]
  if (from === null || to === null || row.issuer.taxId === null || missing.length > 0) {
    throw impossible(`It was issued without ${missing.join(' and ')}.`)
  }

  const currency = row.currency as Currency // ISO 4217, as the column's writers see to
  const major = (minor: bigint): string => toMajor({ currency: row.currency, minor })
  const net = major(row.total_minor - row.tax_minor)
  const total = major(row.total_minor)
  const notes = textOf(row.notes ?? '')
  return {
    'ubl:Invoice': {
      'cbc:CustomizationID': 'urn:cen.eu:en16931:2017',
      'cbc:ID': number,
      'cbc:IssueDate': formatDay(localDay(row.bill_to.timezone, Date.parse(issuedAt))),
      'cbc:DueDate': dueDate,
      'cbc:InvoiceTypeCode': '380',
      ...(notes === '' ? {} : { 'cbc:Note': [notes] }),
      'cbc:DocumentCurrencyCode': currency,
      'cac:AccountingSupplierParty': {
        'cac:Party': {
          'cac:PostalAddress': addressOf(row.issuer, from),
          ...(row.taxes === null ? {} : { 'cac:PartyTaxScheme': [schemeOf(row.issuer.taxId, from)] }),
          'cac:PartyLegalEntity': {
            'cbc:RegistrationName': nameOf(row.issuer),
            'cbc:CompanyID': textOf(row.issuer.taxId),
          },
        },
      },
      'cac:AccountingCustomerParty': {
        'cac:Party': {
          'cac:PostalAddress': addressOf(row.bill_to, to),
          ...(row.taxes !== null && row.bill_to.taxId !== null && isVatNumber(to, row.bill_to.taxId)
            ? { 'cac:PartyTaxScheme': schemeOf(row.bill_to.taxId, to) }
            : {}),
          'cac:PartyLegalEntity': {
            'cbc:RegistrationName': nameOf(row.bill_to),
            ...(row.bill_to.taxId === null ? {} : { 'cbc:CompanyID': textOf(row.bill_to.taxId) }),
          },
        },
      },
      'cac:TaxTotal': [
        {
          'cbc:TaxAmount': major(row.tax_minor),
          'cbc:TaxAmount@currencyID': currency,
          'cac:TaxSubtotal': breakdownOf(row).map(({ kind, netMinor, taxMinor }) => ({
            'cbc:TaxableAmount': major(netMinor),
            'cbc:TaxableAmount@currencyID': currency,
            'cbc:TaxAmount': major(taxMinor),
            'cbc:TaxAmount@currencyID': currency,
            'cac:TaxCategory': { ...categoryOf(kind), ...reasonOf(kind) },
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
      'cac:InvoiceLine': atLeastOne(row.lines.map((line, index) => lineOf(row, line, index, currency))),
    },
  }
}

function lineOf(row: InvoiceRow, line: LineOfInvoice, index: number, currency: Currency): Line {
  const major = (minor: bigint): string => toMajor({ currency: row.currency, minor })
  const amount = major(BigInt(line.minor))
  const { quantity, price } = isProduct(row.currency, line)
    ? { quantity: line.quantity, price: line.unit }
    : { quantity: '1', price: amount }
  const dayOf = (at: number): string => formatDay(localDay(row.bill_to.timezone, at))
  return {
    'cbc:ID': String(index + 1),
    'cbc:InvoicedQuantity': quantity,
    'cbc:InvoicedQuantity@unitCode': one,
    'cbc:LineExtensionAmount': major(BigInt(line.minor) - BigInt(line.discount)),
    'cbc:LineExtensionAmount@currencyID': currency,
    ...(line.from === null || line.to === null
      ? {}
      : {
          'cac:InvoicePeriod': {
            'cbc:StartDate': dayOf(Date.parse(line.from)),
            'cbc:EndDate': dayOf(Date.parse(line.to) - 1),
          },
        }),
    ...(line.discount === '0'
      ? {}
      : {
          'cac:AllowanceCharge': [
            {
              'cbc:ChargeIndicator': 'false',
              'cbc:AllowanceChargeReason': 'Discount',
              'cbc:Amount': major(BigInt(line.discount)),
              'cbc:Amount@currencyID': currency,
            },
          ],
        }),
    'cac:Item': {
      'cbc:Name': textOf(line.description),
      'cac:ClassifiedTaxCategory': categoryOf(kindOf(row, line)),
    },
    'cac:Price': { 'cbc:PriceAmount': price, 'cbc:PriceAmount@currencyID': currency },
  }
}

/**
 * Whether a line is its quantity times its price, give or take the unit that rounding the whole invoice may give it.
 * A part of a period is not, and goes out as one of what it costs.
 */
function isProduct(currency: string, { quantity, unit, minor }: LineOfInvoice): boolean {
  const unitMinor = parseMajor(currency, unit)
  if (typeof unitMinor !== 'bigint') return false
  const off = roundHalfUp(chargeOf(quantity, unitMinor)) - BigInt(minor)
  return off >= -1n && off <= 1n
}

/** A number that is no VAT number of a member state is that of a tax registration (BT-32). */
function schemeOf(taxId: string, land: Country) {
  return {
    'cbc:CompanyID': textOf(taxId),
    'cac:TaxScheme': { 'cbc:ID': isVatNumber(land, taxId) ? 'VAT' : 'TAX' },
  }
}

function landOf({ address, country }: PartySnapshot): Country | null {
  return (address?.['country'] ?? country) as Country | null // ISO 3166-1, as the validation of both sees to
}

function addressOf({ address }: PartySnapshot, land: Country): Address {
  const part = (name: string): string => textOf(address?.[name] ?? '')
  return {
    ...(part('line1') === '' ? {} : { 'cbc:StreetName': part('line1') }),
    ...(part('line2') === '' ? {} : { 'cbc:AdditionalStreetName': part('line2') }),
    ...(part('city') === '' ? {} : { 'cbc:CityName': part('city') }),
    ...(part('postalCode') === '' ? {} : { 'cbc:PostalZone': part('postalCode') }),
    ...(part('state') === '' ? {} : { 'cbc:CountrySubentity': part('state') }),
    'cac:Country': { 'cbc:IdentificationCode': land },
  }
}

function nameOf({ name, email }: PartySnapshot): string {
  return textOf(name ?? email ?? '')
}

/** XML 1.0 has no place for controls, lone surrogates and noncharacters; what is left of nothing is a dash. */
function textOf(text: string): string {
  if (text === '') return ''
  const kept = text.toWellFormed().replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
  return kept.trim() === '' ? '-' : kept
}

function atLeastOne(lines: readonly Line[]): [Line, ...Line[]] {
  const [first, ...rest] = lines
  if (!first) throw new Error('an issued invoice has no line')
  return [first, ...rest]
}

function impossible(reason: string): Refusal {
  return new Refusal(
    'invoice_not_electronic',
    `This invoice cannot be given as an electronic invoice of EN 16931. ${reason}`,
  )
}

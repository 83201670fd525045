import { localDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import { type Ratio, add, exponentOf, floor, ratio, subtract, zero } from '@novabilling/core/money'
import { type TaxRate, netOf } from '@novabilling/core/tax'
import type { Reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { shareOf } from '../taxes/index.ts'
import type { StoredDerivation, UsageDerivation } from './derivation.ts'
import type { InvoiceExplanation } from './explain-schema.ts'
import { findInvoice } from './find.ts'
import { type InvoiceRow, type LineOfInvoice, derivationsOf } from './sql.ts'
import { exactOf } from './taxing.ts'

/** Lines that are quantity × price, and nothing else to be kept of. */
const byHand: ReadonlySet<LineOfInvoice['type']> = new Set(['MANUAL', 'ADD_ON'])

/**
 * How an invoice came about, to be recomputed by anyone: only from what was stored when it was issued. Refuses one
 * that is not issued, or was issued before derivations were kept.
 */
export async function explainInvoice(
  reader: Reader,
  environmentId: string,
  id: string,
): Promise<InvoiceExplanation> {
  const row = await findInvoice(reader, environmentId, id)
  const kept = await reader.query(derivationsOf(environmentId, row.id))
  const derivations = new Map(kept.map((line) => [line.id, line.derivation]))
  const { number, issued_at, due_date, currency } = row
  if (number === null || issued_at === null || due_date === null) throw new Refusal('invoice_not_explained')
  const zone = row.bill_to.timezone
  const issuedOn = formatDay(localDay(zone, Date.parse(issued_at)))
  let exact = zero
  const lines = row.lines.map((line) => {
    const derivation = derivations.get(line.id)
    if (!derivation && !byHand.has(line.type)) throw new Refusal('invoice_not_explained')
    const amount = exactOf(currency, line, derivation)
    const net = netOf({ amount, taxes: ratesOf(line.taxes) })
    exact = add(exact, net)
    return explainLine(line, derivation, { amount, net })
  })
  return {
    version: 1,
    id: publicId('invoice', row.id),
    number,
    currency,
    decimals: exponentOf(currency),
    issuedAt: issued_at,
    due: {
      zone,
      issuedOn,
      ...termsOf(row, { issuedOn, dueOn: due_date }),
      dueOn: due_date,
    },
    lines,
    rounding: { exactMinor: shown(exact), rule: 'HALF_UP', subtotalMinor: String(row.subtotal_minor) },
    discounts: (row.discounts ?? []).map(
      ({ code, name, kind, value, lines: places, amount, lineAmounts }) => ({
        code,
        name,
        kind,
        rate: kind === 'PERCENTAGE' ? shown(shareOf(value)) : null,
        fixedMinor: kind === 'FIXED_AMOUNT' ? value : null,
        lines: [...places],
        amountMinor: amount,
        lineMinor: [...lineAmounts],
      }),
    ),
    taxes: (row.taxes ?? []).map((tax) => ({
      code: tax.code,
      name: tax.name,
      rate: shown(shareOf(tax.rate)),
      inclusive: tax.inclusive,
      baseMinor: tax.base,
      taxMinor: tax.amount,
    })),
    discountMinor: String(row.discount_minor),
    taxMinor: String(row.tax_minor),
    totalMinor: String(row.total_minor),
  }
}

function explainLine(
  line: LineOfInvoice,
  derivation: StoredDerivation | null | undefined,
  { amount, net }: { amount: Ratio; net: Ratio },
): InvoiceExplanation['lines'][number] {
  const down = floor(net)
  return {
    id: publicId('invoiceLine', line.id),
    type: line.type,
    description: line.description,
    periodStart: line.from,
    periodEnd: line.to,
    unitAmount: line.unit,
    quantity: line.quantity,
    share: derivation && !derivation.usage ? explainShare(derivation) : null,
    usage: derivation?.usage ? explainUsage(derivation.usage) : null,
    minimum: derivation?.minimum ? explainMinimum(derivation.minimum) : null,
    correction: derivation?.correction ? explainCorrection(derivation.correction) : null,
    earlier: derivation?.earlier
      ? {
          billedMinor: shown(ratioOf(derivation.earlier.billed)),
          roundedDown: derivation.earlier.roundedDown,
        }
      : null,
    exactMinor: shown(amount),
    taxes: ratesOf(line.taxes).map(({ code, rate, inclusive }) => ({ code, rate: shown(rate), inclusive })),
    netMinor: shown(net),
    floorMinor: String(down),
    remainder: shown(subtract(net, ratio(down))),
    amountMinor: line.minor,
    discountMinor: line.discount,
  }
}

function explainShare(derivation: StoredDerivation): InvoiceExplanation['lines'][number]['share'] {
  if (!derivation.share) return null
  const { zone, unit, share, wholeFrom, wholeTo } = derivation
  return { zone, unit, part: share[0], whole: share[1], wholeStart: wholeFrom, wholeEnd: wholeTo }
}

/** Whose terms an invoice has; one without them was given a day of its own. */
function termsOf(
  { terms_days: days, terms_from: from }: InvoiceRow,
  { issuedOn, dueOn }: { issuedOn: string; dueOn: string },
): Pick<InvoiceExplanation['due'], 'termsDays' | 'termsFrom'> {
  if (days !== null && from !== null) return { termsDays: days, termsFrom: from }
  const span = Temporal.PlainDate.from(issuedOn).until(dueOn, { largestUnit: 'days' })
  return { termsDays: span.days, termsFrom: 'INVOICE' }
}

function ratesOf(taxes: LineOfInvoice['taxes']): TaxRate[] {
  return (taxes ?? []).map(({ code, rate, inclusive }) => ({ code, rate: shareOf(rate), inclusive }))
}

function explainUsage(usage: UsageDerivation): InvoiceExplanation['lines'][number]['usage'] {
  return {
    model: usage.model,
    units: shown(ratioOf(usage.units)),
    weightedUnits: usage.weighted && shown(ratioOf(usage.weighted)),
    events: usage.events,
    properties: usage.properties,
    steps: usage.steps.map(({ quantity, ...step }) => ({ ...step, quantity: shown(ratioOf(quantity)) })),
  }
}

function explainMinimum({ minor, reached }: NonNullable<StoredDerivation['minimum']>) {
  return { minor, reachedMinor: shown(ratioOf(reached)) }
}

function explainCorrection({ least, billed, within }: NonNullable<StoredDerivation['correction']>) {
  return {
    leastMinor: shown(ratioOf(least)),
    billedMinor: shown(ratioOf(billed)),
    committedMinor: shown(ratioOf(within)),
  }
}

function ratioOf([numerator, denominator]: readonly [string, string]): Ratio {
  return ratio(BigInt(numerator), BigInt(denominator))
}

function shown({ numerator, denominator }: Ratio): { numerator: string; denominator: string } {
  return { numerator: String(numerator), denominator: String(denominator) }
}

import { type Creditable, creditLeft } from '@novabilling/core/credit'
import type { Tx } from '../../db/transaction.ts'
import type { InvoiceRow } from '../invoices/index.ts'
import { givenBackOfInvoices, keptOf, receivedOfInvoices } from '../payments/index.ts'
import { isSameTax } from '../taxes/index.ts'
import { creditedLines, creditedTaxes } from './sql.ts'

/** An invoice, and what can still be credited of it. Its lines are those of the row, in their order. */
export type CreditableInvoice = {
  readonly row: InvoiceRow
  readonly creditable: Creditable
  /** With taxes; what was given back as money, without a credit note, is not there to be credited any more. */
  readonly leftMinor: bigint
  readonly lines: readonly {
    readonly zone: string
    readonly isDeferred: boolean
    /** Of the plan, that changes have given back. */
    readonly unitsBack: number
  }[]
  /** What the invoice was paid with, the latest first. */
  readonly payments: Awaited<ReturnType<typeof paymentsOf>>
}

/** What can be credited of these invoices of one environment, which the caller has locked. */
export async function creditableInvoices(
  tx: Tx,
  environmentId: string,
  rows: readonly InvoiceRow[],
): Promise<CreditableInvoice[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const payments = await paymentsOf(tx, environmentId, ids)
  const [lines, taxes, givenBack] = await tx.queryAll([
    creditedLines(environmentId, ids),
    creditedTaxes(environmentId, ids),
    givenBackOfInvoices(environmentId, ids),
  ])
  const lineOf = new Map(lines.map((line) => [line.id, line]))
  return rows.map((row) => {
    const facts = row.lines.map(({ id }) => {
      const found = lineOf.get(id)
      if (!found) throw new Error(`line ${id} of invoice ${row.id} vanished`)
      return found
    })
    const creditable = {
      lines: row.lines.map((line, index) => ({
        leftMinor: BigInt(line.minor) - (facts[index]?.amount_minor ?? 0n),
        discountLeftMinor: BigInt(line.discount) - (facts[index]?.discount_minor ?? 0n),
      })),
      taxes: (row.taxes ?? []).map((tax) => {
        const credited = taxes.find((one) => one.invoice_id === row.id && isSameTax(one, tax))
        return {
          lines: row.lines.flatMap((line, place) =>
            (line.taxes ?? []).some((one) => isSameTax(one, tax)) ? [place] : [],
          ),
          leftMinor: BigInt(tax.amount) - (credited?.tax_minor ?? 0n),
        }
      }),
    }
    const back = givenBack.find((one) => one.invoice_id === row.id)
    if (!back) throw new Error(`invoice ${row.id} vanished`)
    return {
      row,
      creditable,
      leftMinor: leftOf(row, creditLeft(creditable), keptOf(row, back)),
      lines: facts.map((fact) => ({
        zone: fact.zone,
        isDeferred: fact.is_deferred,
        unitsBack: Number(fact.units),
      })),
      payments: payments.filter((payment) => payment.invoice_id === row.id),
    }
  })
}

function paymentsOf(tx: Tx, environmentId: string, ids: readonly string[]) {
  return tx.query(receivedOfInvoices(environmentId, ids))
}

/** What awaits payment is owed or paid, whole; of what is PAID, what was kept. Nothing of what is no claim any more. */
function leftOf({ status }: InvoiceRow, chargedMinor: bigint, keptMinor: bigint): bigint {
  if (status === 'PENDING' || status === 'FAILED') return chargedMinor
  if (status !== 'PAID') return 0n
  const left = keptMinor < chargedMinor ? keptMinor : chargedMinor
  return left > 0n ? left : 0n
}

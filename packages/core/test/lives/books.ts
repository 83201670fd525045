import {
  type CreditAmounts,
  type Creditable,
  creditLines,
  creditTotal,
  settleCredit,
  spendCredits,
} from '../../src/credit/index.ts'
import { draftInvoice } from '../../src/invoice/index.ts'
import {
  type Deferral,
  type Posting,
  creditApplied,
  creditNoteIssued,
  daysOf,
  earnedBy,
  invoiceIssued,
  paymentReceived,
  paymentRefunded,
  revenueRecognised,
} from '../../src/ledger/index.ts'
import { type Ratio, add, subtract, zero } from '../../src/money/index.ts'

export type Line = {
  readonly priceMinor: bigint
  readonly minor: bigint
  creditedMinor: bigint
  units: number
}
export type Invoice = {
  readonly at: number
  readonly lines: readonly Line[]
  readonly totalMinor: bigint
  readonly isInAdvance: boolean
  readonly days: { readonly firstDay: number; readonly lastDay: number }
  paidMinor: bigint
  refundedMinor: bigint
  /** What credit notes and the balance took off it. */
  offMinor: bigint
  noteMinor: bigint
}
type Charge = { readonly priceMinor: bigint; readonly units: number; readonly amount: Ratio }

/** Documents, money and ledger of one subscription, kept by the functions of the core alone. */
export class Books {
  readonly invoices: Invoice[] = []
  readonly credits: { readonly minor: bigint; left: bigint }[] = []
  readonly accounts = new Map<string, bigint>()
  readonly deferrals: Deferral[] = []
  readonly zone: string
  charged: Ratio = zero
  documents = 0
  recognisedMinor = 0n

  constructor(zone: string) {
    this.zone = zone
  }

  post(posting: Posting): void {
    for (const { account, minor } of posting)
      this.accounts.set(account, (this.accounts.get(account) ?? 0n) + minor)
  }

  balance(account: string): bigint {
    return this.accounts.get(account) ?? 0n
  }

  owed(invoice: Invoice): bigint {
    return invoice.totalMinor - invoice.offMinor - invoice.paidMinor
  }

  issue(
    charges: readonly Charge[],
    facts: { at: number; from: number; to: number; isInAdvance: boolean },
  ): Line[] {
    if (charges.length === 0) return []
    const { lineMinor, totalMinor } = draftInvoice(charges.map(({ amount }) => ({ amount, taxes: [] })))
    const lines = charges.map(({ priceMinor, units }, index) => ({
      priceMinor,
      units,
      minor: lineMinor[index] ?? 0n,
      creditedMinor: 0n,
    }))
    const { at, isInAdvance } = facts
    const days = daysOf({ zone: this.zone, from: facts.from, to: facts.to })
    const invoice = {
      at,
      lines,
      totalMinor,
      isInAdvance,
      days,
      paidMinor: 0n,
      refundedMinor: 0n,
      offMinor: 0n,
      noteMinor: 0n,
    }
    for (const { amount } of charges) this.charged = add(this.charged, amount)
    this.documents++
    this.invoices.push(invoice)
    const deferredMinor = isInAdvance ? totalMinor : 0n
    this.post(invoiceIssued({ deferredMinor, revenueMinor: totalMinor - deferredMinor, taxes: [] }))
    if (isInAdvance) for (const { minor } of lines) this.deferrals.push({ minor, ...days })
    const taken = spendCredits(
      this.credits.map(({ left }) => left),
      totalMinor,
    )
    for (const [index, credit] of this.credits.entries()) credit.left -= taken[index] ?? 0n
    const spent = taken.reduce((sum, minor) => sum + minor, 0n)
    invoice.offMinor += spent
    this.post(creditApplied(spent))
    return lines
  }

  pay(invoice: Invoice, minor: bigint): void {
    const owedMinor = this.owed(invoice)
    if (owedMinor === 0n) return
    this.post(paymentReceived({ provider: 'SANDBOX', minor, owedMinor }))
    const settled = minor < owedMinor ? minor : owedMinor
    invoice.paidMinor += settled
    if (minor > settled) this.credits.push({ minor: minor - settled, left: minor - settled })
  }

  creditable(invoice: Invoice): Creditable {
    return {
      lines: invoice.lines.map(({ minor, creditedMinor }) => ({
        leftMinor: minor - creditedMinor,
        discountLeftMinor: 0n,
      })),
      taxes: [],
    }
  }

  /** Credits lines of an invoice by so much each, from a day on; `exact` is what was meant before it was rounded. */
  creditLines(invoice: Invoice, amounts: readonly bigint[], from: number, exact: Ratio): void {
    this.charged = subtract(this.charged, exact)
    this.#credit(invoice, creditLines(this.creditable(invoice), amounts), from, false)
  }

  /** Credits a part of an invoice by hand. */
  creditTotal(invoice: Invoice, minor: bigint, isRefunded: boolean): void {
    this.#credit(invoice, creditTotal(this.creditable(invoice), minor), invoice.days.firstDay, isRefunded)
  }

  #credit(invoice: Invoice, amounts: CreditAmounts, firstDay: number, isRefunded: boolean): void {
    const { totalMinor } = amounts
    if (totalMinor === 0n) return
    this.documents++
    for (const [index, { amountMinor }] of amounts.lines.entries()) {
      const line = invoice.lines[index]
      if (!line) continue
      line.creditedMinor += amountMinor
      if (invoice.isInAdvance)
        this.deferrals.push({
          minor: -amountMinor,
          firstDay,
          lastDay: Math.max(firstDay, invoice.days.lastDay),
        })
    }
    const { settledMinor, refundMinor, balanceMinor } = settleCredit({
      totalMinor,
      owedMinor: this.owed(invoice),
      refundableMinor: isRefunded ? invoice.paidMinor - invoice.refundedMinor : 0n,
    })
    const deferredMinor = invoice.isInAdvance ? totalMinor : 0n
    this.post(
      creditNoteIssued({ deferredMinor, revenueMinor: totalMinor - deferredMinor, taxes: [], settledMinor }),
    )
    invoice.offMinor += settledMinor
    invoice.noteMinor += totalMinor
    if (refundMinor > 0n) {
      invoice.refundedMinor += refundMinor
      this.post(paymentRefunded({ provider: 'SANDBOX', minor: refundMinor, was: 'CREDIT' }))
    }
    if (balanceMinor > 0n) this.credits.push({ minor: balanceMinor, left: balanceMinor })
  }

  /** Books what has been earned by the end of a day and was not booked yet. */
  recognise(day: number): void {
    const earned = this.deferrals.reduce((sum, deferral) => sum + earnedBy(deferral, day), 0n)
    this.post(revenueRecognised(earned - this.recognisedMinor))
    this.recognisedMinor = earned
  }
}

/** An account of an environment's books, kept per currency. */
export type Account =
  | 'receivable'
  | 'revenue'
  | 'deferred_revenue'
  | 'customer_credit'
  | 'refunds'
  | 'bad_debt'
  | 'wallet_credit'
  | 'promotions'
  | `cash:${string}`
  | `tax_payable:${string}`

/** One side of a posting, in minor units: a debit is positive, a credit negative. */
export type Entry = { readonly account: Account; readonly minor: bigint }

/** Entries that sum to zero. */
export type Posting = readonly Entry[]

/** What is owed to the state, by the code of its tax. */
export type TaxAmount = { readonly code: string; readonly minor: bigint }

/** What an invoice charges: net of discounts, by where it is booked, and its taxes. */
export type ChargedAmounts = {
  /** Net, of charges in advance: owed to the customer until it is rendered. */
  readonly deferredMinor: bigint
  /** Net, of charges that are revenue at once. */
  readonly revenueMinor: bigint
  readonly taxes: readonly TaxAmount[]
  /** Of credits that are bought: owed to the customer until they are spent. */
  readonly prepaidMinor?: bigint
}

/**
 * An issued invoice: the customer owes the total; the service is owed to the customer until it is rendered, so a
 * charge in advance is deferred and one in arrears is revenue; the taxes are owed to the state.
 */
export function invoiceIssued({
  deferredMinor,
  revenueMinor,
  taxes,
  prepaidMinor = 0n,
}: ChargedAmounts): Posting {
  return posting([
    { account: 'receivable', minor: deferredMinor + revenueMinor + prepaidMinor + sumOf(taxes) },
    { account: 'deferred_revenue', minor: -deferredMinor },
    { account: 'revenue', minor: -revenueMinor },
    { account: 'wallet_credit', minor: -prepaidMinor },
    ...taxEntries(taxes, -1n),
  ])
}

/**
 * A voided invoice: its issue, turned round. What had been paid of it (`paidMinor`, 0 unless it was paid in part, by
 * money or by the customer's credit) becomes the customer's credit, and what its wallets had paid goes back to them.
 */
export function invoiceVoided({
  paidMinor = 0n,
  walletMinor = 0n,
  ...charged
}: ChargedAmounts & { readonly paidMinor?: bigint; readonly walletMinor?: bigint }): Posting {
  const { deferredMinor, revenueMinor, taxes, prepaidMinor = 0n } = charged
  const totalMinor = deferredMinor + revenueMinor + prepaidMinor + sumOf(taxes)
  return posting([
    { account: 'receivable', minor: paidMinor + walletMinor - totalMinor },
    { account: 'deferred_revenue', minor: deferredMinor },
    { account: 'revenue', minor: revenueMinor },
    ...taxEntries(taxes, 1n),
    { account: 'wallet_credit', minor: prepaidMinor - walletMinor },
    { account: 'customer_credit', minor: -paidMinor },
  ])
}

/** What the customer has to its credit pays for an invoice. */
export function creditApplied(minor: bigint): Posting {
  return posting([
    { account: 'customer_credit', minor },
    { account: 'receivable', minor: -minor },
  ])
}

/** What a wallet pays for an invoice. */
export function walletSpent(minor: bigint): Posting {
  return posting([
    { account: 'wallet_credit', minor },
    { account: 'receivable', minor: -minor },
  ])
}

/** Credits that are given away: what they will pay for is the cost of it. */
export function creditsGranted(minor: bigint): Posting {
  return posting([
    { account: 'promotions', minor },
    { account: 'wallet_credit', minor: -minor },
  ])
}

/** Credits that nobody can spend any more: what was given away is not, and what was paid for is earned. */
export function creditsForfeited(credits: { minor: bigint; isPaid: boolean }): Posting {
  return posting([
    { account: 'wallet_credit', minor: credits.minor },
    { account: credits.isPaid ? 'revenue' : 'promotions', minor: -credits.minor },
  ])
}

/** What a credit note gives back, by where it had been booked, and where it goes. */
export type CreditedAmounts = {
  /** Net, of charges in advance: what of it was recognised already is taken back day by day, see `earnedBy`. */
  readonly deferredMinor: bigint
  /** Net, of charges that were revenue at once. */
  readonly revenueMinor: bigint
  readonly taxes: readonly TaxAmount[]
  /** What lowers what is owed on its invoice; the rest is the customer's. */
  readonly settledMinor: bigint
}

/** A finalized credit note: what was charged is given back, to what is owed first and then to the customer. */
export function creditNoteIssued(note: CreditedAmounts): Posting {
  const { deferredMinor, revenueMinor, taxes, settledMinor } = note
  return posting([
    { account: 'deferred_revenue', minor: deferredMinor },
    { account: 'revenue', minor: revenueMinor },
    ...taxEntries(taxes, 1n),
    { account: 'receivable', minor: -settledMinor },
    { account: 'customer_credit', minor: settledMinor - deferredMinor - revenueMinor - sumOf(taxes) },
  ])
}

/** A voided credit note: its issue, turned round. */
export function creditNoteVoided(note: CreditedAmounts): Posting {
  return creditNoteIssued(note).map(({ account, minor }) => ({ account, minor: -minor }))
}

/** Service that was charged in advance has been rendered: see `recognisedBy`. */
export function revenueRecognised(minor: bigint): Posting {
  return posting([
    { account: 'deferred_revenue', minor },
    { account: 'revenue', minor: -minor },
  ])
}

/** Money that came in for an invoice; what is above what was owed becomes the customer's credit. */
export function paymentReceived(payment: { provider: string; minor: bigint; owedMinor: bigint }): Posting {
  const settled = payment.minor < payment.owedMinor ? payment.minor : payment.owedMinor
  return posting([
    { account: `cash:${payment.provider}`, minor: payment.minor },
    { account: 'receivable', minor: -settled },
    { account: 'customer_credit', minor: settled - payment.minor },
  ])
}

/**
 * Money that was given back to the customer, through the provider that it came from, and what it had been: `CREDIT`, a
 * credit note had made it the customer's own; `OWED`, a part of an invoice that is still open, so that it is owed again;
 * `GIVEN_UP`, the same of one that was given up; otherwise it is a gift.
 */
export function paymentRefunded(refund: {
  provider: string
  minor: bigint
  was: 'CREDIT' | 'OWED' | 'GIVEN_UP' | 'KEPT'
}): Posting {
  return posting([
    { account: refundedFrom[refund.was], minor: refund.minor },
    { account: `cash:${refund.provider}`, minor: -refund.minor },
  ])
}

const refundedFrom = {
  CREDIT: 'customer_credit',
  OWED: 'receivable',
  GIVEN_UP: 'bad_debt',
  KEPT: 'refunds',
} as const

/** What is still owed on an invoice is given up. */
export function writtenOff(owedMinor: bigint): Posting {
  return posting([
    { account: 'bad_debt', minor: owedMinor },
    { account: 'receivable', minor: -owedMinor },
  ])
}

/** One entry a code, though a document may have it at two rates. */
function taxEntries(taxes: readonly TaxAmount[], sign: bigint): Entry[] {
  const sums = new Map<string, bigint>()
  for (const { code, minor } of taxes) sums.set(code, (sums.get(code) ?? 0n) + sign * minor)
  return Array.from(sums, ([code, minor]) => ({ account: `tax_payable:${code}`, minor }))
}

function sumOf(taxes: readonly TaxAmount[]): bigint {
  return taxes.reduce((sum, { minor }) => sum + minor, 0n)
}

function posting(entries: readonly Entry[]): Posting {
  let sum = 0n
  for (const { minor } of entries) sum += minor
  if (sum !== 0n) throw new Error(`a posting is off by ${sum}`)
  return entries.filter(({ minor }) => minor !== 0n)
}

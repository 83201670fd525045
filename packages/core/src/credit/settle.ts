/** Where a credit goes, in minor units: the three sum to it. */
export type CreditSettlement = {
  /** What is owed on its own invoice goes down by it. */
  readonly settledMinor: bigint
  /** Goes back the way the money came. */
  readonly refundMinor: bigint
  /** Stays with the customer for its next invoices. */
  readonly balanceMinor: bigint
}

/**
 * A credit first lowers what is owed on its own invoice. What that leaves is the customer's to spend; or, where a
 * refund is asked for, it goes back as far as the invoice was paid with money (`refundableMinor`), and what had come
 * from the customer's balance goes back there.
 */
export function settleCredit(credit: {
  totalMinor: bigint
  owedMinor: bigint
  refundableMinor: bigint
}): CreditSettlement {
  const settledMinor = lesser(credit.totalMinor, credit.owedMinor)
  const rest = credit.totalMinor - settledMinor
  const refundMinor = lesser(rest, credit.refundableMinor)
  return { settledMinor, refundMinor, balanceMinor: rest - refundMinor }
}

/** What is taken of each credit, in their order, until an amount is reached. */
export function spendCredits(lefts: readonly bigint[], minor: bigint): bigint[] {
  let open = minor
  return lefts.map((left) => {
    const taken = lesser(left, open)
    open -= taken
    return taken
  })
}

/** Credits that may be limited to some lines of an invoice, by their places; null: they pay for all of it. */
export type LimitedCredit = { readonly leftMinor: bigint; readonly places: readonly number[] | null }

/**
 * What each of some credits pays of an invoice, in their order. Limited ones pay no more than their lines come to with
 * their taxes (`lineMinor`), less what other limited ones paid for those; all together no more than is due.
 *
 * `spendLimited([{ leftMinor: 3900n, places: [1] }], [1240n, 1772n], 3012n)` → `[1772n]`.
 */
export function spendLimited(
  credits: readonly LimitedCredit[],
  lineMinor: readonly bigint[],
  dueMinor: bigint,
): bigint[] {
  const open = [...lineMinor]
  let due = dueMinor
  return credits.map(({ leftMinor, places }) => {
    let left = lesser(leftMinor, due)
    if (places === null) {
      due -= left
      return left
    }
    let paid = 0n
    for (const place of new Set(places)) {
      const taken = lesser(left, open[place] ?? 0n)
      open[place] = (open[place] ?? 0n) - taken
      left -= taken
      paid += taken
    }
    due -= paid
    return paid
  })
}

function lesser(a: bigint, b: bigint): bigint {
  const smaller = a < b ? a : b
  return smaller > 0n ? smaller : 0n
}

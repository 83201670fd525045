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

function lesser(a: bigint, b: bigint): bigint {
  const smaller = a < b ? a : b
  return smaller > 0n ? smaller : 0n
}

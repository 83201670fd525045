export {
  type CreditAmounts,
  type Creditable,
  creditLeft,
  creditLines,
  creditLinesUpTo,
  creditTotal,
} from './amounts.ts'
export { formatCreditNoteNumber } from './number.ts'
export {
  type CreditSettlement,
  type LimitedCredit,
  settleCredit,
  spendCredits,
  spendLimited,
} from './settle.ts'
export { type CreditNoteStatus, canMoveCreditNote } from './status.ts'
export { type ChargedUnits, type CreditedUnits, creditUnits, roundCredits } from './units.ts'

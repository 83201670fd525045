export { type ChangeAmounts, changeAmounts, creditWithin, quantityChange } from './change.ts'
export {
  type Unit,
  billedAfterCancellation,
  billedAfterChange,
  unusedAfterCancellation,
  unusedAfterChange,
  usedUntilEnd,
  wholeShare,
} from './share.ts'

export { unusedAfterCancellation, unusedAfterChange, wholeShare, type Unit } from './share.ts'

export { type TaxRate, type TaxTotal, type TaxedLine, netOf, taxTotals } from './by-rate.ts'
export { taxOn, taxWithin } from './rate.ts'

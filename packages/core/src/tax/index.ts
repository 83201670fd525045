export { type TaxRate, type TaxTotal, type TaxedLine, netOf, taxTotals } from './by-rate.ts'
export {
  type ChosenTaxes,
  type Supply,
  type TaxLevels,
  type TaxOption,
  type TaxTreatment,
  chooseTaxes,
} from './choose.ts'
export { type TaxComponent, effectiveRates } from './components.ts'
export { taxOn, taxWithin } from './rate.ts'
export { type StandardTax, standardTaxes, standardTaxesAsOf } from './standard.ts'
export { isMemberState, isVatNumber } from './vat-id.ts'

import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { schemas } from './schema.ts'

export const taxes: Slice = {
  name: 'taxes',
  title: 'Taxes',
  description: 'What is charged on top of prices, or within them, for the state.',
  routes,
  schemas,
  constraints: { taxes_code_key: 'tax_code_taken', tax_assignments_key: 'tax_assigned' },
}

export { refuseUnknownCodes } from './assign.ts'
export { type AppliedTax, type NamedTaxes, type TaxBook, isSameTax, openTaxBook } from './book.ts'
export { shareOf } from './rates.ts'
export { taxesOf } from './sql.ts'

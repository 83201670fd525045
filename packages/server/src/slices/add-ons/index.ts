import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { schemas } from './schema.ts'

export const addOns: Slice = {
  name: 'add-ons',
  title: 'Add-ons',
  description: 'What is sold once, beside a plan.',
  routes,
  schemas,
  constraints: { add_ons_code_key: 'add_on_code_taken' },
}

export { type AddOnBook, openAddOns } from './bill.ts'
export { findAddOn } from './keep.ts'
export { presentApplied } from './present.ts'
export { type AppliedAddOn, ApplyAddOn, ListApplied } from './schema.ts'
export {
  type AppliedRow,
  addOnsToBill,
  appliedColumns,
  appliedSelect,
  insertApplied,
  lockApplied,
  removeApplied,
  returnAddOns,
} from './sql.ts'

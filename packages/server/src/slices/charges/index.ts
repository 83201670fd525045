import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { schemas } from './schema.ts'
import { simulateSchemas } from './simulate-schema.ts'

export { findCharge } from './find.ts'
export { presentPrice } from './present.ts'
export { readPrices } from './read-prices.ts'
export { type ChargePrice, ChargePricesInput } from './schema.ts'
export { type StoredPrice, reviseCharges } from './sql.ts'
export { type LateUsage, rateLateUsage, saveCorrections } from './late.ts'
export { rememberAdvances, stillToInvoice } from './advances.ts'
export {
  type OpenUsage,
  type RatedUsage,
  type UsageWindow,
  rateSoFar,
  rateUsage,
  refuseUnpriced,
} from './rate.ts'
export { type BilledUsage, rememberBilled } from './remember.ts'

export const charges: Slice = {
  name: 'charges',
  title: 'Charges',
  description: 'What a plan costs beyond its price: the usage of metrics, priced by models.',
  routes,
  schemas: [...schemas, ...simulateSchemas],
}

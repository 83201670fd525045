import type { Slice } from '../../http/route.ts'
import { endpointRoutes, logRoutes } from './routes.ts'
import { schemas } from './schema.ts'

export const webhookEndpoints: Slice = {
  name: 'webhooks',
  title: 'Webhooks',
  description:
    'Where a tenant hears of its events: signed, repeated until they arrive, or to be read from a log.',
  routes: [...endpointRoutes, ...logRoutes],
  schemas,
}

export { insertDefaults, setDefaultUrl } from './default-endpoints.ts'
export { forgetDeliveries, forgetEndpoints } from './dispatch-sql.ts'
export { webhooks } from './loop.ts'
export { newSecret, signatureHeaders } from './sign.ts'

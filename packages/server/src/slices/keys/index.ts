import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { ApiKey, CreatedApiKey } from './schema.ts'

export const keys: Slice = {
  name: 'keys',
  title: 'API keys',
  description: 'Keys for programs: one environment, chosen scopes.',
  routes,
  schemas: [ApiKey, CreatedApiKey],
}

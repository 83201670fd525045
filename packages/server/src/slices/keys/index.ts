import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { ApiKey, ApiKeyUsage, CreatedApiKey, LoggedRequest } from './schema.ts'

export const keys: Slice = {
  name: 'keys',
  title: 'API keys',
  description: 'Keys for programs: one environment, chosen scopes.',
  routes,
  schemas: [ApiKey, ApiKeyUsage, CreatedApiKey, LoggedRequest],
}
export { forgetRequests } from './requests.ts'

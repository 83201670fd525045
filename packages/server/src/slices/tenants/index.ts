import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { Clock, Environment, Tenant, TenantUsage } from './schema.ts'

export const tenants: Slice = {
  name: 'tenants',
  title: 'Tenants',
  description: 'The account, its settings and its environments.',
  routes,
  schemas: [Clock, Environment, Tenant, TenantUsage],
  constraints: { environments_tenant_id_name_key: 'environment_name_taken' },
}

export type { Environment, TenantSettings } from './schema.ts'
export { findLogo } from './logo.ts'
export { smtpPlace, tenantById } from './me.ts'
export {
  type EnvironmentRow,
  environmentColumns,
  environmentSelect,
  presentEnvironment,
} from './environments.ts'

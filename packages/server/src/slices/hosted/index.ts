import type { Slice } from '../../http/route.ts'
import { payRoutes } from './pay-routes.ts'
import { portalRoutes } from './portal-routes.ts'
import { keyRoutes } from './routes.ts'
import { PortalBilling, PortalLink } from './schema.ts'

export const hosted: Slice = {
  name: 'hosted',
  title: 'Portal',
  description: 'Pages on which customers see and pay what they owe: ours behind a signed link, or your own.',
  routes: [...keyRoutes, ...portalRoutes, ...payRoutes],
  schemas: [PortalLink, PortalBilling],
}

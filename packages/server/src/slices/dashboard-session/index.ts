import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'

export const dashboardSession: Slice = {
  name: 'dashboard-session',
  title: 'Dashboard',
  description: 'Members in the dashboard: a cookie that no script can read, and nothing else in the browser.',
  routes,
}

import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'

export const crediting: Slice = {
  name: 'crediting',
  title: 'Credit notes by hand',
  description: 'Giving back what was charged, and taking that back.',
  routes,
}

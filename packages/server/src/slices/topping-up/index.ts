import type { Slice } from '../../http/route.ts'
import { schemas } from '../wallets/index.ts'
import { routes } from './routes.ts'

export const toppingUp: Slice = {
  name: 'topping-up',
  title: 'Wallets',
  description: 'Credits of customers, bought or given, that pay for their invoices.',
  routes,
  schemas,
}

export { serveWalletsIn, walletLoop } from './loop.ts'

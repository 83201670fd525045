import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { PaymentProvider, ProviderKinds, ProviderTest } from './schema.ts'

export const paymentProviders: Slice = {
  name: 'payment-providers',
  title: 'Payment providers',
  description: 'Your accounts at those who collect money for you.',
  routes,
  schemas: [PaymentProvider, ProviderKinds, ProviderTest],
}

export { openAccount, openAccountOf } from './open.ts'
export { availableProvider, outcomeOf, providerNamed } from './outcome.ts'
export { payInSandbox } from './sandbox.ts'
export {
  type Account,
  type Dispute,
  type DisputePage,
  type Received,
  type Started,
  type Found,
  type KeptMethod,
  type Outcome,
  type Provider,
  type Report,
  providerNames,
} from './provider.ts'
export { accountsFor } from './route.ts'

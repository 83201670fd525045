export { availableProvider, callDeadlineMs, outcomeOf, providerNamed } from './outcome.ts'
export {
  type ChargeRequest,
  type Found,
  type Outcome,
  type Provider,
  type ProviderName,
  type ProviderRequest,
  type ProviderScope,
  type RefundRequest,
  providerNames,
} from './provider.ts'

export { availableProvider, outcomeOf, providerNamed } from './outcome.ts'
export { type Found, type Outcome, type Provider, providerNames } from './provider.ts'

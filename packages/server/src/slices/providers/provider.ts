import type { Deps } from '../../deps.ts'

/** The payment providers that charge and refund for us. */
export const providerNames = ['SANDBOX'] as const

/** Where a call belongs. */
type ProviderScope = { readonly tenantId: string; readonly environmentId: string }

/** What we ask for. The provider knows it by `reference` for ever: the same reference is the same request. */
export type ProviderRequest = {
  readonly scope: ProviderScope
  readonly reference: string
  readonly amountMinor: bigint
  readonly currency: string
  /** The environment's time. */
  readonly at: Temporal.Instant
}
type ChargeRequest = ProviderRequest & { readonly token: string }
type RefundRequest = ProviderRequest & {
  /** The reference and the provider's own id of the charge that is given back. */
  readonly chargeReference: string
  readonly chargeTransactionId: string | null
}

/**
 * How a call ended. A provider answers `unknown` when it cannot tell, such as after a time-out: the money may
 * have moved. `declined` is final; `hard` says that trying the same method again is of no use.
 */
export type Outcome =
  | {
      readonly status: 'succeeded'
      readonly transactionId: string
      readonly amountMinor: bigint
      readonly currency: string
    }
  | { readonly status: 'declined'; readonly code: string; readonly reason: string; readonly hard: boolean }
  | { readonly status: 'pending'; readonly askAfterSeconds: number }
  | { readonly status: 'unknown' }

/** An answer about an earlier call; `not_found`: the provider has never heard of the reference. */
export type Found = Outcome | { readonly status: 'not_found' }

/** One payment provider. What it throws counts as `unknown`. */
export type Provider = {
  readonly name: string
  readonly isAvailable: (environment: { readonly isTest: boolean }) => boolean
  /** Why a token cannot be one of this provider's, in words that follow the field's name. */
  readonly tokenFault: (token: string) => string | undefined
  /** How long after a call `not_found` may only mean that the provider has not caught up yet. */
  readonly settlingMs: number
  readonly charge: (deps: Deps, request: ChargeRequest) => Promise<Outcome>
  readonly queryCharge: (deps: Deps, request: ProviderRequest) => Promise<Found>
  readonly refund: (deps: Deps, request: RefundRequest) => Promise<Outcome>
  readonly queryRefund: (deps: Deps, request: ProviderRequest) => Promise<Found>
}

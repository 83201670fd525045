import type { DeclineCode } from '@novabilling/core/dunning'
import type { Deps } from '../../deps.ts'

/** The payment providers that charge and refund for us. */
export const providerNames = [
  'SANDBOX',
  'PAYSTACK',
  'FLUTTERWAVE',
  'STRIPE',
  'MPESA',
  'PESAPAL',
  'DPO',
  'PAYU',
] as const

/** Where a call belongs. */
type ProviderScope = { readonly tenantId: string; readonly environmentId: string }

/** A tenant's account at a provider. */
export type Account = {
  readonly isTest: boolean
  readonly credentials: Readonly<Record<string, string>>
  /** Where the provider's API is, without a slash at its end. */
  readonly url: string
  /** Where the provider can tell us something about this account. */
  readonly noticeUrl: string
}

/** Who pays, as far as a provider wants to know. */
type Payer = {
  readonly email: string | null
  readonly name: string | null
  readonly country: string | null
}

/** What we ask for. The provider knows it by `reference` for ever: the same reference is the same request. */
export type ProviderRequest = {
  readonly scope: ProviderScope
  /** Null for a provider that needs none. */
  readonly account: Account | null
  readonly reference: string
  /** What the provider called it, where it has answered already. */
  readonly handle: string | null
  readonly amountMinor: bigint
  readonly currency: string
  /** The environment's time. */
  readonly at: Temporal.Instant
  /** When it was first sent, in real time. */
  readonly calledAt: Temporal.Instant | null
}
type ChargeRequest = ProviderRequest & { readonly token: string; readonly payer: Payer }
type ChargeQuestion = ProviderRequest & {
  /** Null when the method is gone, and for a hosted checkout. */
  readonly token: string | null
  readonly payerEmail: string | null
}
type RefundRequest = ProviderRequest & {
  /** The reference and the provider's own id of the charge that is given back. */
  readonly chargeReference: string
  readonly chargeTransactionId: string | null
  /** What the provider has told by itself of the refund, and of its charge. */
  readonly report: Report | null
  readonly chargeReport: Report | null
}

/** What a provider tells by itself and cannot be asked for, in its own words. */
export type Report = Readonly<Record<string, string>>

/** A method that the provider keeps for us and can charge again. */
export type KeptMethod = {
  readonly token: string
  readonly type: 'CARD' | 'BANK_ACCOUNT' | 'MOBILE_MONEY' | 'WALLET'
  readonly brand: string | null
  readonly last4: string | null
  readonly expMonth: number | null
  readonly expYear: number | null
}

/**
 * How a call ended. `unavailable`: it surely did not happen, and nothing is wrong with the customer; another
 * provider may be asked. `unknown`: it cannot be told, such as after a time-out; the money may have moved.
 * `declined` is final.
 */
export type Outcome =
  | {
      readonly status: 'succeeded'
      readonly transactionId: string
      readonly amountMinor: bigint
      readonly currency: string
      readonly method?: KeptMethod
    }
  | { readonly status: 'declined'; readonly code: DeclineCode; readonly reason: string }
  | { readonly status: 'pending'; readonly askAfterSeconds: number; readonly handle?: string }
  | {
      readonly status: 'unavailable'
      readonly code: UnavailableCode
      readonly reason: string
      /** It wants to be left alone for so long. */
      readonly retryAfterSeconds?: number
    }
  | { readonly status: 'unknown'; readonly handle?: string }
type UnavailableCode = Extract<DeclineCode, 'provider_unavailable' | 'provider_config_error'>

/** An answer about an earlier call; `not_found`: the provider has never heard of the reference. */
export type Found = Outcome | { readonly status: 'not_found' }

/** What came in at an account's address, as it came. */
export type Received = {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly query: Readonly<Record<string, string>>
}

/**
 * What it means. It is never more than a reason to ask the provider: about a charge or a checkout, or about a refund,
 * by our reference or by what the provider calls it; or about a dispute.
 */
export type Notice =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'dispute'; readonly handle: string }
  | {
      readonly kind: 'charge' | 'refund'
      readonly reference: string | null
      readonly handle: string | null
      /** What is kept of it, by our reference, as the provider cannot be asked for it. Only where a proof came with it. */
      readonly report?: Report
    }

/** A payment that the payer's bank asks back, and how that ended. */
export type Dispute = {
  /** What the provider calls it. */
  readonly handle: string
  readonly transactionId: string
  readonly status: 'OPEN' | 'WON' | 'LOST'
  readonly reason: string | null
  readonly amountMinor: bigint
  readonly currency: string
}

/** Some disputes, and what the next page is asked for by; null: there is none. */
export type DisputePage = { readonly disputes: readonly Dispute[]; readonly next: string | null }

/** A page of the provider's on which the customer pays, or a prompt on the customer's phone (`url` is null). */
export type Started =
  | { readonly status: 'started'; readonly url: string | null; readonly handle: string | null }
  | Extract<Outcome, { status: 'declined' | 'unavailable' | 'unknown' }>

export type CheckoutRequest = Omit<ProviderRequest, 'handle' | 'calledAt'> & {
  readonly payer: Payer & { readonly phone: string | null }
  readonly description: string
  /** Where the browser goes afterwards. What it brings along is never believed. */
  readonly successUrl: string
  readonly cancelUrl: string
  readonly expiresAt: Temporal.Instant
  readonly keepMethod: boolean
}

export type Probe = { readonly success: boolean; readonly message: string }

/** What an account consists of: a field's name, and why a value cannot be one. */
type CredentialField = {
  readonly name: string
  readonly required: boolean
  /** In words that follow the field's name. */
  readonly fault?: (value: string, environment: { readonly isTest: boolean }) => string | undefined
}

/** How a tenant's account at the provider is set up and reached. */
type AccountKind = {
  readonly fields: readonly CredentialField[]
  /** Where its API is, for a live and for a test environment. */
  readonly urls: { readonly live: string; readonly test: string }
  /** Null: any. */
  readonly currencies: readonly string[] | null
  readonly countries: readonly string[] | null
  /** Why an amount cannot be taken, in words, such as cents where only whole units are taken. */
  readonly amountFault: (money: {
    readonly amountMinor: bigint
    readonly currency: string
  }) => string | undefined
  readonly probe: (deps: Deps, account: Account) => Promise<Probe>
  readonly readNotice: (account: Account, received: Received) => Notice | Promise<Notice>
  /** Undefined: it tells of no disputes. What it throws leaves the notice to be sent again. */
  readonly queryDispute?: (account: Account, handle: string) => Promise<Dispute | undefined>
  /**
   * Disputes that were opened since then, a page of them: for those whose notices were lost. With `queryDispute`. What it
   * throws leaves them to be asked for again.
   */
  readonly listDisputes?: (
    account: Account,
    since: Temporal.Instant,
    page: string | null,
  ) => Promise<DisputePage>
  /** What it wants to hear back. */
  readonly thanks: (received: Received) => { readonly type: string; readonly body: string }
  /** The customer is asked on a phone, and there is no page. */
  readonly needsPhone: boolean
  /** Null: it has no page for the customer. */
  readonly startCheckout: ((deps: Deps, request: CheckoutRequest) => Promise<Started>) | null
}

/** One payment provider. What it throws counts as `unknown`. */
export type Provider = {
  readonly name: string
  readonly isAvailable: (environment: { readonly isTest: boolean }) => boolean
  /** Null: it needs no account. */
  readonly account: AccountKind | null
  /** Why a token cannot be one of this provider's, in words that follow the field's name. */
  readonly tokenFault: (token: string) => string | undefined
  /** How long after a call `not_found` may only mean that the provider has not caught up yet. */
  readonly settlingMs: number
  readonly charge: (deps: Deps, request: ChargeRequest) => Promise<Outcome>
  readonly queryCharge: (deps: Deps, request: ChargeQuestion) => Promise<Found>
  readonly refund: (deps: Deps, request: RefundRequest) => Promise<Outcome>
  readonly queryRefund: (deps: Deps, request: RefundRequest) => Promise<Found>
}

/** The account a request goes through. Rows of a provider with accounts name one. */
export function accountOf(request: { readonly account: Account | null }): Account {
  if (!request.account) throw new Error('a provider was called without its account')
  return request.account
}

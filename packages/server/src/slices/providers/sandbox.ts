import type { DeclineCode } from '@novabilling/core/dunning'
import type { Deps } from '../../deps.ts'
import type { Found, Outcome, Provider, ProviderRequest } from './provider.ts'
import { type BookEntry, type BookOutcome, enterInBook, lookInBook } from './sandbox-book.ts'

const pendingSeconds = 60

type Behaviour = {
  readonly outcome: BookOutcome
  /** The first answer never arrives. */
  readonly answerLost?: boolean
  readonly decline?: { readonly code: DeclineCode; readonly reason: string }
}

/** What each token makes the sandbox do. A refund behaves as the charge it gives back did. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  sandbox_succeeds: { outcome: 'SUCCEEDED' },
  sandbox_declined: {
    outcome: 'DECLINED',
    decline: { code: 'card_declined', reason: 'The card was declined.' },
  },
  sandbox_insufficient_funds: {
    outcome: 'DECLINED',
    decline: { code: 'insufficient_funds', reason: 'The account does not hold enough money.' },
  },
  sandbox_timeout: { outcome: 'SUCCEEDED', answerLost: true },
  sandbox_timeout_not_executed: { outcome: 'LOST', answerLost: true },
  sandbox_pending: { outcome: 'PENDING' },
}

const sandboxTokens = Object.keys(behaviours)

/**
 * A provider that moves no money, for test environments. It ships with the product, behaves as real providers
 * do at their worst, and keeps a book of its own by our reference.
 */
export const sandbox: Provider = {
  name: 'SANDBOX',
  isAvailable: ({ isTest }) => isTest,
  account: null,
  tokenFault: (token) =>
    Object.hasOwn(behaviours, token)
      ? undefined
      : `must be one of the sandbox's tokens: ${sandboxTokens.join(', ')}`,
  settlingMs: 0,
  charge: (deps, request) => act(deps, request, 'CHARGE', request.token),
  queryCharge: ask,
  async refund(deps, request) {
    const charge = await lookInBook(deps.workerDb, request.scope.environmentId, request.chargeReference)
    if (!charge || charge.outcome === 'DECLINED') {
      return { status: 'declined', code: 'not_permitted', reason: 'There is no such charge to refund.' }
    }
    return act(deps, request, 'REFUND', charge.behaviour)
  },
  queryRefund: ask,
}

/** What somebody chose on the sandbox's page, or a phone answered: as a charge with this token. */
export function payInSandbox(deps: Deps, request: ProviderRequest, token: string): Promise<Outcome> {
  return act(deps, request, 'CHARGE', token)
}

async function act(
  deps: Deps,
  request: ProviderRequest,
  kind: 'CHARGE' | 'REFUND',
  token: string,
): Promise<Outcome> {
  const behaviour = behaviours[token]
  if (!behaviour) return { status: 'declined', code: 'token_invalid', reason: 'The token is not known.' }
  const { outcome } = behaviour
  const settlesAt = outcome === 'PENDING' ? request.at.add({ seconds: pendingSeconds }) : null
  const entry = await enterInBook(deps.workerDb, request, { kind, behaviour: token, outcome, settlesAt })
  return behaviour.answerLost && entry.calls === 1 ? { status: 'unknown' } : tell(entry, request.at)
}

async function ask(deps: Deps, request: ProviderRequest): Promise<Found> {
  const entry = await lookInBook(deps.workerDb, request.scope.environmentId, request.reference)
  return !entry || entry.outcome === 'LOST' ? { status: 'not_found' } : tell(entry, request.at)
}

function tell(entry: BookEntry, at: Temporal.Instant): Outcome {
  const decline = behaviours[entry.behaviour]?.decline
  if (entry.outcome === 'DECLINED' && decline) return { status: 'declined', ...decline }
  if (entry.settlesAt) {
    const waitMs = entry.settlesAt.epochMilliseconds - at.epochMilliseconds
    if (waitMs > 0) return { status: 'pending', askAfterSeconds: Math.ceil(waitMs / 1000) }
  }
  const { amountMinor, currency } = entry
  return { status: 'succeeded', transactionId: `sandbox_${entry.reference}`, amountMinor, currency }
}

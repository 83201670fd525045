import type { Deps } from '../../deps.ts'
import { attempt, tokenPlace } from '../payments/index.ts'
import { type Found, providerNamed } from '../providers/index.ts'
import type { ClaimedPayment } from './sql.ts'

/** Charges a claimed payment, or asks how its charge ended. Called outside any transaction. */
export async function attemptCharge(deps: Deps, payment: ClaimedPayment): Promise<Found> {
  const provider = providerNamed(payment.provider)
  const { environment_id: environmentId, payment_method_id: methodId, token_sealed: sealed } = payment
  const request = {
    scope: { tenantId: payment.tenant_id, environmentId },
    reference: payment.reference,
    amountMinor: payment.amount_minor,
    currency: payment.currency,
    at: payment.clock_now ?? deps.clock.now(),
  }
  if (payment.was === 'PENDING' && (methodId === null || sealed === null || payment.method_removed)) {
    const reason = 'The payment method was removed before it was charged.'
    return { status: 'declined', code: 'payment_method_removed', reason, hard: true }
  }
  return attempt(deps, provider, payment, {
    act: async () => {
      if (methodId === null || sealed === null)
        throw new Error('a payment that can be charged lost its method')
      const token = deps.sealer.open(sealed, tokenPlace(environmentId, methodId))
      return provider.charge(deps, { ...request, token })
    },
    ask: () => provider.queryCharge(deps, request),
  })
}

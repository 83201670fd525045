import type { Deps } from '../../deps.ts'
import { attempt, prepared, tokenPlace } from '../payments/index.ts'
import { type Found, openAccountOf, providerNamed } from '../providers/index.ts'
import type { ClaimedPayment } from './sql.ts'

/** Charges a claimed payment, or asks how its charge ended. Called outside any transaction. */
export function attemptCharge(deps: Deps, payment: ClaimedPayment): Promise<Found> {
  return prepared(deps, payment, () => charge(deps, payment))
}

async function charge(deps: Deps, payment: ClaimedPayment): Promise<Found> {
  const provider = providerNamed(payment.provider)
  const { environment_id: environmentId, payment_method_id: methodId, token_sealed: sealed } = payment
  const fault = payment.was === 'PENDING' ? faultBeforeCharge(payment) : undefined
  if (fault) return fault
  const token =
    methodId === null || sealed === null
      ? null
      : deps.sealer.open(sealed, tokenPlace(environmentId, methodId))
  const request = {
    scope: { tenantId: payment.tenant_id, environmentId },
    account: openAccountOf(deps, payment),
    reference: payment.reference,
    handle: payment.provider_handle,
    amountMinor: payment.amount_minor,
    currency: payment.currency,
    at: payment.clock_now ?? deps.clock.now(),
    calledAt: payment.called_at,
  }
  const payer = { email: payment.payer_email, name: payment.payer_name, country: payment.payer_country }
  return attempt(deps, provider, payment, {
    act: async () => {
      if (token === null) throw new Error('a payment that can be charged lost its method')
      return provider.charge(deps, { ...request, token, payer })
    },
    ask: () => provider.queryCharge(deps, { ...request, token, payerEmail: payer.email }),
  })
}

/** Why a payment is not even sent. */
function faultBeforeCharge(payment: ClaimedPayment): Found | undefined {
  if (payment.payment_method_id === null || payment.token_sealed === null || payment.method_removed) {
    const reason = 'The payment method was removed before it was charged.'
    return { status: 'declined', code: 'payment_method_removed', reason }
  }
  const fault = amountFault(payment.provider, payment)
  if (fault !== undefined) return { status: 'declined', code: 'amount_not_supported', reason: fault }
  if (!payment.provider_active) {
    const reason = `The account at ${payment.provider} is not active.`
    return { status: 'unavailable', code: 'provider_config_error', reason }
  }
  return undefined
}

/** Why a provider cannot take this money, in words. */
export function amountFault(
  provider: string,
  { amount_minor: amountMinor, currency }: Pick<ClaimedPayment, 'amount_minor' | 'currency'>,
): string | undefined {
  const kind = providerNamed(provider).account
  if (kind?.currencies && !kind.currencies.includes(currency)) return `${provider} takes no ${currency}.`
  return kind?.amountFault({ amountMinor, currency })
}

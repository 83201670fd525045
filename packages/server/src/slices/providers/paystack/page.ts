import type { Deps } from '../../../deps.ts'
import { type Account, type CheckoutRequest, type Probe, type Started, accountOf } from '../provider.ts'
import { toUnits } from '../units.ts'
import { textOf } from '../web.ts'
import { call, decimals, referenceFor, refused } from './api.ts'

/** A page of Paystack's. A card that is paid with there can be charged again by its authorization. */
export async function startCheckout(_deps: Deps, request: CheckoutRequest): Promise<Started> {
  const reply = await call(accountOf(request), 'POST', '/transaction/initialize', {
    email: request.payer.email,
    amount: String(toUnits(request.amountMinor, request.currency, decimals)),
    currency: request.currency,
    reference: referenceFor(request.reference),
    callback_url: request.successUrl,
    metadata: { cancel_action: request.cancelUrl },
  })
  const url = textOf(reply.data['authorization_url'])
  return reply.ok && url !== undefined ? { status: 'started', url, handle: null } : refused(reply)
}

export async function probe(_deps: Deps, account: Account): Promise<Probe> {
  const reply = await call(account, 'GET', '/balance')
  return reply.ok
    ? { success: true, message: 'Paystack knows the secretKey.' }
    : { success: false, message: `Paystack: ${reply.message}` }
}

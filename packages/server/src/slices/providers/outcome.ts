import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { dpo } from './dpo/index.ts'
import { flutterwave } from './flutterwave/index.ts'
import { manual } from './manual.ts'
import { mpesa } from './mpesa/index.ts'
import { paystack } from './paystack/index.ts'
import { payu } from './payu/index.ts'
import { pesapal } from './pesapal/index.ts'
import type { Outcome, Provider } from './provider.ts'
import { sandbox } from './sandbox.ts'
import { stripe } from './stripe/index.ts'
import { NotSent } from './web.ts'

const providers = new Map<string, Provider>(
  [sandbox, manual, paystack, flutterwave, stripe, mpesa, pesapal, dpo, payu].map((provider) => [
    provider.name,
    provider,
  ]),
)

/** No call is waited for longer: after this its outcome is unknown. */
const callDeadlineMs = 30_000

/** The provider of this name. Rows only hold names that were checked when they came in. */
export function providerNamed(name: string): Provider {
  const provider = providers.get(name)
  if (!provider) throw new Error(`there is no provider ${name}`)
  return provider
}

/** The providers at which an environment can have an account. */
export function providersWithAccounts(environment: { isTest: boolean }): Provider[] {
  return [...providers.values()].filter(
    (provider) => provider.account !== null && provider.isAvailable(environment),
  )
}

/** @throws Refusal provider_not_available, as for the sandbox in a live environment */
export function availableProvider(name: string, environment: { isTest: boolean }): Provider {
  const provider = providers.get(name)
  if (!provider?.isAvailable(environment)) throw new Refusal('provider_not_available')
  return provider
}

/**
 * Calls a provider. A call that surely did not arrive is `unavailable`. One that fails otherwise or takes too long has
 * an unknown outcome: the money may have moved, so it is asked about later and never guessed.
 */
export async function outcomeOf<O>(
  deps: Deps,
  call: () => Promise<O>,
  what: { provider: string; reference: string },
): Promise<O | Extract<Outcome, { status: 'unknown' | 'unavailable' }>> {
  const unknown = { status: 'unknown' } as const
  const ended = new AbortController()
  try {
    const deadline = deps.clock.sleep(callDeadlineMs, ended.signal).then(() => unknown)
    return await Promise.race([call(), deadline])
  } catch (error) {
    if (error instanceof NotSent) {
      deps.log.warn({ reason: error.message, ...what }, 'a provider did not take a call')
      return error.outcome
    }
    deps.log.warn(
      { err: error, ...what },
      'a provider could not be reached, and the outcome is asked about later',
    )
    return unknown
  } finally {
    ended.abort()
  }
}

import type { Reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { findCustomer } from '../customers/index.ts'
import { accountsFor, providerNamed, type providerNames } from '../providers/index.ts'

/** Who can be asked for a page or a prompt. The sandbox has no account. */
export type Candidate =
  | { readonly id: string; readonly provider: ProviderName; readonly credentials_sealed: Uint8Array }
  | { readonly id: null; readonly provider: 'SANDBOX' }
type ProviderName = (typeof providerNames)[number]

/** Who can take an amount from a customer, in the order in which they are asked. */
export async function candidates(
  scoped: Pick<Reader, 'query' | 'scope'>,
  environmentId: string,
  wanted: {
    customerId: string
    currency: string
    amountMinor: bigint
    only: string | undefined
    phone: string | null
  },
): Promise<Candidate[]> {
  const { currency, amountMinor, only, phone } = wanted
  // It is never fallen back upon: whoever tries it names it.
  if (only === 'SANDBOX') return scoped.scope.isTest ? [{ id: null, provider: 'SANDBOX' }] : []
  const { country } = await findCustomer(scoped, environmentId, publicId('customer', wanted.customerId))
  const accounts = await accountsFor(scoped, environmentId, { country, currency, amountMinor })
  return accounts.filter(({ provider }) => {
    const kind = providerNamed(provider).account
    if (!kind?.startCheckout || (only !== undefined && provider !== only)) return false
    return !kind.needsPhone || phone !== null
  })
}

/** The ways in which an amount can be paid, by priority: on a page, by a prompt on a phone, or either. */
export async function waysToPay(
  scoped: Pick<Reader, 'query' | 'scope'>,
  environmentId: string,
  money: { customerId: string; currency: string; amountMinor: bigint },
): Promise<{ providerName: ProviderName; kind: 'PAGE' | 'PHONE' | 'EITHER' }[]> {
  const found = await candidates(scoped, environmentId, { ...money, only: undefined, phone: 'any' })
  const names = [...new Set(found.map(({ provider }) => provider))]
  const ways = names.map((providerName) => ({
    providerName,
    kind: providerNamed(providerName).account?.needsPhone ? ('PHONE' as const) : ('PAGE' as const),
  }))
  return scoped.scope.isTest ? [...ways, { providerName: 'SANDBOX', kind: 'EITHER' }] : ways
}

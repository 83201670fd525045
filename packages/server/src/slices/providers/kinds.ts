import { providersWithAccounts } from './outcome.ts'
import { providerNames } from './provider.ts'
import type { ProviderKinds } from './schema.ts'

/** The providers at which an environment can have an account, and what one consists of. */
export function listKinds(environment: { isTest: boolean }): ProviderKinds {
  const providers = providersWithAccounts(environment).flatMap(({ name, account }) => {
    const providerName = providerNames.find((one) => one === name)
    if (providerName === undefined || account === null) return []
    return [
      {
        providerName,
        credentials: account.fields.map((field) => ({ name: field.name, required: field.required })),
        currencies: account.currencies === null ? null : [...account.currencies],
        countries: account.countries === null ? null : [...account.countries],
        hasPage: account.startCheckout !== null && !account.needsPhone,
        needsPhone: account.needsPhone,
      },
    ]
  })
  return { providers }
}

import type { Reader } from '../../db/transaction.ts'
import { providerNamed } from './outcome.ts'
import { type AccountRow, activeAccounts } from './sql.ts'

/** What is to be paid, and by whom. */
export type Wanted = {
  readonly country: string | null
  readonly currency?: string
  readonly amountMinor?: bigint
}

/** The active accounts that can take it, in the order in which they are asked. */
export async function accountsFor(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  wanted: Wanted,
): Promise<AccountRow[]> {
  const active = await reader.query(activeAccounts(environmentId))
  return active.filter((row) => takes(row, wanted))
}

function takes(row: AccountRow, { country, currency, amountMinor }: Wanted): boolean {
  const kind = providerNamed(row.provider).account
  if (!kind) return true
  const inCountry = (countries: readonly string[] | null): boolean =>
    countries === null || countries.length === 0 || country === null || countries.includes(country)
  if (!inCountry(row.countries) || !inCountry(kind.countries)) return false
  if (currency === undefined) return true
  const inCurrency = (currencies: readonly string[] | null): boolean =>
    currencies === null || currencies.length === 0 || currencies.includes(currency)
  if (!inCurrency(row.currencies) || !inCurrency(kind.currencies)) return false
  return amountMinor === undefined || kind.amountFault({ amountMinor, currency }) === undefined
}

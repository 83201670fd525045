import type { Deps } from '../../deps.ts'
import { providerUrls } from './addresses.ts'
import { providerNamed } from './outcome.ts'
import { noticeUrl } from './present.ts'
import type { Account } from './provider.ts'
import { credentialsPlace } from './sql.ts'

export type SealedAccount = {
  readonly id: string
  readonly provider: string
  readonly credentials_sealed: Uint8Array
  readonly environmentId: string
  readonly isTest: boolean
}

/** An account ready to be called through: its credentials opened, and where its provider is. */
export function openAccount(deps: Deps, row: SealedAccount): Account {
  const { provider, environmentId, isTest, id } = row
  const kind = providerNamed(provider).account
  const place = credentialsPlace(environmentId, id)
  const credentials = JSON.parse(deps.sealer.open(row.credentials_sealed, place)) as Record<string, string>
  const other = providerUrls(deps.config, isTest).get(provider)
  const url = other ?? (isTest ? kind?.urls.test : kind?.urls.live) ?? ''
  return { isTest, credentials, url, noticeUrl: noticeUrl(deps, row) }
}

/** The account that a stored payment or refund goes through; null where its provider needs none. */
export function openAccountOf(
  deps: Deps,
  row: {
    readonly provider: string
    readonly provider_id: string | null
    readonly credentials_sealed: Uint8Array | null
    readonly environment_id: string
    readonly is_test: boolean
  },
): Account | null {
  if (row.provider_id === null || row.credentials_sealed === null) return null
  return openAccount(deps, {
    id: row.provider_id,
    provider: row.provider,
    credentials_sealed: row.credentials_sealed,
    environmentId: row.environment_id,
    isTest: row.is_test,
  })
}

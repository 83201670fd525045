import type { Deps } from '../../deps.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { openAccount } from './open.ts'
import { availableProvider, outcomeOf, providerNamed } from './outcome.ts'
import { presentAccount } from './present.ts'
import type {
  CreatePaymentProvider,
  ListPaymentProviders,
  PaymentProvider,
  ProviderTest,
  UpdatePaymentProvider,
} from './schema.ts'
import {
  type AccountRow,
  accountById,
  accountColumns,
  accountSelect,
  archiveAccount,
  credentialsPlace,
  insertAccount,
  lockAccount,
  saveAccount,
} from './sql.ts'

/** Adds an account at a provider. Its credentials are checked for their form, and sealed. */
export async function addAccount(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreatePaymentProvider,
): Promise<PaymentProvider> {
  const isTest = tx.scope.isTest ?? false
  const provider = input.providerName
  const faults = [
    ...faultsOfCredentials(provider, input.credentials, isTest),
    ...faultsOfCurrencies(provider, input.currencies ?? []),
  ]
  if (faults.length > 0) throw invalid(...faults)
  availableProvider(provider, { isTest })

  const disputesDue = providerNamed(provider).account?.listDisputes ? deps.clock.now() : null
  const id = deps.ids.next()
  const row: AccountRow = {
    id,
    provider,
    credentials_sealed: seal(deps, environmentId, id, input.credentials),
    is_active: input.isActive ?? true,
    priority: input.priority ?? 1,
    countries: input.countries ?? [],
    currencies: input.currencies ?? [],
    last_notice_at: null,
    refused_notices: 0n,
    last_refused_at: null,
    last_refused_reason: null,
    created_at: tx.now,
    updated_at: tx.now,
  }
  tx.defer(
    insertAccount(
      environmentId,
      row.id,
      row.provider,
      row.credentials_sealed,
      row.is_active,
      row.priority,
      row.countries,
      row.currencies,
      row.created_at,
      disputesDue,
    ),
  )
  return presentAccount(deps, row)
}

/** Changes an account. New credentials replace the old ones whole. */
export async function updateAccount(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdatePaymentProvider,
): Promise<PaymentProvider> {
  const current = await lockedAccount(tx, environmentId, id)
  const faults = [
    ...(input.credentials
      ? faultsOfCredentials(current.provider, input.credentials, tx.scope.isTest ?? false)
      : []),
    ...faultsOfCurrencies(current.provider, input.currencies ?? []),
  ]
  if (faults.length > 0) throw invalid(...faults)

  const saved: AccountRow = {
    ...current,
    credentials_sealed: input.credentials
      ? seal(deps, environmentId, current.id, input.credentials)
      : current.credentials_sealed,
    is_active: input.isActive ?? current.is_active,
    priority: input.priority ?? current.priority,
    countries: input.countries ?? current.countries,
    currencies: input.currencies ?? current.currencies,
    updated_at: tx.now,
  }
  tx.defer(
    saveAccount(
      environmentId,
      saved.id,
      saved.credentials_sealed,
      saved.is_active,
      saved.priority,
      saved.countries,
      saved.currencies,
      saved.updated_at,
    ),
  )
  return presentAccount(deps, saved)
}

/** Takes an account away: nothing new is paid through it. What was can still be asked about and given back. */
export async function removeAccount(tx: Tx, environmentId: string, id: string): Promise<void> {
  const { id: uuid } = await lockedAccount(tx, environmentId, id)
  tx.defer(archiveAccount(environmentId, uuid, tx.now))
}

/** An account by its public id. @throws Refusal payment_provider_not_found */
export async function findAccount(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<AccountRow> {
  const uuid = parseId('paymentProvider', id)
  const [row] = uuid === undefined ? [] : await reader.query(accountById(environmentId, uuid))
  if (!row) throw new Refusal('payment_provider_not_found')
  return row
}

/** A page of accounts, newest first. */
export function listAccounts(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListPaymentProviders,
): Promise<Page<PaymentProvider>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`, fragment`archived_at is null`]
  if (query.providerName !== undefined) where.push(fragment`provider = ${query.providerName}`)
  return listPage({
    deps,
    reader,
    name: 'payment_providers.list',
    from: 'payment_providers',
    select: accountSelect,
    columns: accountColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: (row) => presentAccount(deps, row),
  })
}

/** Asks the provider whether it knows the credentials. Moves no money. */
export async function testAccount(
  deps: Deps,
  row: AccountRow,
  where: { environmentId: string; isTest: boolean },
): Promise<ProviderTest> {
  const { account: kind, name } = providerNamed(row.provider)
  if (!kind) return { success: true, message: `${name} needs no connection.` }
  const account = openAccount(deps, { ...row, ...where })
  const found = await outcomeOf(deps, () => kind.probe(deps, account), { provider: name, reference: row.id })
  if ('success' in found) return { success: found.success, message: found.message }
  return {
    success: false,
    message: found.status === 'unavailable' ? found.reason : `${name} did not answer.`,
  }
}

async function lockedAccount(tx: Tx, environmentId: string, id: string): Promise<AccountRow> {
  const uuid = parseId('paymentProvider', id)
  const [row] = uuid === undefined ? [] : await tx.query(lockAccount(environmentId, uuid))
  if (!row) throw new Refusal('payment_provider_not_found')
  return row
}

function seal(
  deps: Deps,
  environmentId: string,
  id: string,
  credentials: Readonly<Record<string, string>>,
): Buffer<ArrayBuffer> {
  return Buffer.from(deps.sealer.seal(JSON.stringify(credentials), credentialsPlace(environmentId, id)))
}

function faultsOfCredentials(
  provider: string,
  given: Readonly<Record<string, string>>,
  isTest: boolean,
): Fault[] {
  const fields = providerNamed(provider).account?.fields ?? []
  const faults: Fault[] = []
  for (const { name, required, fault } of fields) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    const path = `credentials.${name}`
    if (value === undefined) {
      if (required) faults.push({ path, message: `is required by ${provider}` })
      continue
    }
    const message = fault?.(value, { isTest })
    if (message !== undefined) faults.push({ path, message })
  }
  const known = fields.map(({ name }) => name)
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    faults.push({
      path: `credentials.${name}`,
      message: `is not one of ${provider}'s: ${known.join(', ') || 'it has none'}`,
    })
  }
  return faults
}

function faultsOfCurrencies(provider: string, given: readonly string[]): Fault[] {
  const taken = providerNamed(provider).account?.currencies
  if (!taken) return []
  return given.flatMap((currency, index) =>
    taken.includes(currency)
      ? []
      : [
          {
            path: `currencies[${index}]`,
            message: `is not one that ${provider} takes: ${taken.join(', ')}`,
          },
        ],
  )
}

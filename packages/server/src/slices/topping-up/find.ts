import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import {
  type ListWalletTransactions,
  type ListWallets,
  type Wallet,
  type WalletRow,
  type WalletTransaction,
  presentTransaction,
  presentWallet,
  transactionColumns,
  transactionSelect,
  walletById,
  walletColumns,
  walletSelect,
} from '../wallets/index.ts'

/** A wallet by its public id. */
export async function findWallet(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<WalletRow> {
  const stored = parseId('wallet', id)
  const [row] = stored === undefined ? [] : await reader.query(walletById(environmentId, stored))
  if (!row) throw new Refusal('wallet_not_found')
  return row
}

/** A page of wallets, newest first. An unknown customer is refused. */
export async function listWallets(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListWallets,
): Promise<Page<Wallet>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, query.customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'wallets.list',
    from: 'wallets',
    select: walletSelect,
    columns: walletColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present: presentWallet,
  })
}

/** A page of what went in and out of a wallet, newest first. */
export async function listWalletTransactions(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  id: string,
  query: ListWalletTransactions,
): Promise<Page<WalletTransaction>> {
  const wallet = await findWallet(reader, environmentId, id)
  return listPage({
    deps,
    reader,
    name: 'wallets.list_transactions',
    from: 'wallet_transactions',
    select: transactionSelect,
    columns: transactionColumns,
    where: [fragment`environment_id = ${environmentId}::uuid and wallet_id = ${wallet.id}::uuid`],
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present: presentTransaction,
  })
}

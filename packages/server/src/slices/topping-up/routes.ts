import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import {
  CreateWallet,
  ListWalletTransactions,
  ListWallets,
  MoveCredits,
  type MovedCredits,
  UpdateWallet,
  type Wallet,
  type WalletNow,
  type WalletTransaction,
} from '../wallets/index.ts'
import { endWallet, moveByHand, updateWallet } from './change.ts'
import { createWallet } from './create.ts'
import { listWalletTransactions, listWallets } from './find.ts'
import { walletNow } from './ongoing.ts'

const wallet = named<Wallet>('Wallet')
const moved = named<MovedCredits>('MovedCredits')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/wallets',
    operation: 'wallets.create',
    summary: 'Create a wallet of prepaid credits',
    description:
      'What is given away is in it at once. What is bought is invoiced and charged, and in it when that is paid. It pays for the invoices that are issued from then on.',
    scope: 'payments:write',
    body: CreateWallet,
    status: 201,
    response: moved,
    write: (tx, { deps, principal, body }) => createWallet(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/wallets',
    operation: 'wallets.list',
    summary: 'List wallets',
    scope: 'payments:read',
    query: ListWallets,
    status: 200,
    response: pageOf(wallet),
    read: (reader, { deps, principal, query }) => listWallets(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'POST',
    url: '/wallets/transactions',
    operation: 'wallets.move',
    summary: 'Sell, give or take away credits',
    scope: 'payments:write',
    body: MoveCredits,
    status: 201,
    response: moved,
    write: (tx, { deps, principal, body }) => moveByHand(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/wallets/:id',
    operation: 'wallets.get',
    summary: 'Get a wallet',
    scope: 'payments:read',
    params: PathId,
    status: 200,
    response: named<WalletNow>('WalletNow'),
    read: (reader, { principal, params }) => walletNow(reader, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/wallets/:id',
    operation: 'wallets.update',
    summary: 'Change a wallet',
    description: 'Credits that are in it keep their expiry.',
    scope: 'payments:write',
    params: PathId,
    body: UpdateWallet,
    status: 200,
    response: wallet,
    write: (tx, { deps, principal, params, body }) =>
      updateWallet(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/wallets/:id',
    operation: 'wallets.delete',
    summary: 'End a wallet',
    description: 'What is left in it is gone: refund what you owe for it.',
    scope: 'payments:write',
    params: PathId,
    status: 204,
    write: (tx, { deps, principal, params }) => endWallet(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/wallets/:id/transactions',
    operation: 'wallets.listTransactions',
    summary: 'List what went in and out of a wallet',
    scope: 'payments:read',
    params: PathId,
    query: ListWalletTransactions,
    status: 200,
    response: pageOf(named<WalletTransaction>('WalletTransaction')),
    read: (reader, { deps, principal, params, query }) =>
      listWalletTransactions(deps, reader, principal.environmentId, params.id, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id/wallets',
    operation: 'customers.listWallets',
    summary: 'List wallets of a customer',
    scope: 'payments:read',
    params: PathId,
    query: ListWalletTransactions,
    status: 200,
    response: pageOf(wallet),
    read: (reader, { deps, principal, params, query }) =>
      listWallets(deps, reader, principal.environmentId, { ...query, customerId: params.id }),
  }),
]

import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { listAccounts, trialBalance } from './balances.ts'
import { listEntries } from './entries.ts'
import {
  ListAccounts,
  ListEntries,
  ListEntriesOfCustomer,
  type LedgerAccounts,
  type LedgerEntry,
  type TrialBalance,
  TrialBalanceQuery,
} from './schema.ts'

const entry = named<LedgerEntry>('LedgerEntry')

export const routes = [
  dataRoute({
    method: 'GET',
    url: '/ledger/accounts',
    operation: 'ledger.accounts',
    summary: 'List the accounts and what they hold',
    scope: 'analytics:read',
    query: ListAccounts,
    status: 200,
    response: named<LedgerAccounts>('LedgerAccounts'),
    read: (reader, { principal, query }) => listAccounts(reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/ledger/entries',
    operation: 'ledger.entries',
    summary: 'List ledger entries, the last booked first',
    description: 'Days are those on which an entry takes effect.',
    scope: 'analytics:read',
    query: ListEntries,
    status: 200,
    response: pageOf(entry),
    read: (reader, { deps, principal, query }) => listEntries(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/ledger/trial-balance',
    operation: 'ledger.trialBalance',
    summary: 'Get the balance of every account at the end of a day',
    scope: 'analytics:read',
    query: TrialBalanceQuery,
    status: 200,
    response: named<TrialBalance>('TrialBalance'),
    read: (reader, { principal, query }) => trialBalance(reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id/ledger',
    operation: 'customers.listLedgerEntries',
    summary: 'List the ledger entries of a customer’s invoices, payments and refunds',
    scope: 'analytics:read',
    params: PathId,
    query: ListEntriesOfCustomer,
    status: 200,
    response: pageOf(entry),
    read: (reader, { deps, principal, params, query }) =>
      listEntries(deps, reader, principal.environmentId, { ...query, customerId: params.id }),
  }),
]

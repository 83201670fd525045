import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { reader } from '../../db/transaction.ts'
import {
  addAccount,
  findAccount,
  listAccounts,
  removeAccount,
  testAccount,
  updateAccount,
} from './accounts.ts'
import { listKinds } from './kinds.ts'
import { presentAccount } from './present.ts'
import {
  CreatePaymentProvider,
  ListPaymentProviders,
  type PaymentProvider,
  type ProviderKinds,
  type ProviderTest,
  UpdatePaymentProvider,
} from './schema.ts'

const paymentProvider = named<PaymentProvider>('PaymentProvider')
const providerTest = named<ProviderTest>('ProviderTest')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/payment-providers',
    operation: 'paymentProviders.create',
    summary: 'Add an account at a payment provider',
    description:
      'The fields of `credentials` are those of the provider. They are kept sealed and never shown; a live environment takes live ones only, and a test environment test ones.',
    scope: 'payments:write',
    body: CreatePaymentProvider,
    status: 201,
    response: paymentProvider,
    write: (tx, { deps, principal, body }) => addAccount(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/payment-providers',
    operation: 'paymentProviders.list',
    summary: 'List accounts at payment providers',
    scope: 'payments:read',
    query: ListPaymentProviders,
    status: 200,
    response: pageOf(paymentProvider),
    read: (from, { deps, principal, query }) => listAccounts(deps, from, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/payment-providers/kinds',
    operation: 'paymentProviders.kinds',
    summary: 'Which payment providers there are',
    description: 'With the fields of the `credentials` of an account at each.',
    scope: 'payments:read',
    status: 200,
    response: named<ProviderKinds>('ProviderKinds'),
    handle: async ({ principal }) => listKinds(principal),
  }),
  dataRoute({
    method: 'GET',
    url: '/payment-providers/:id',
    operation: 'paymentProviders.get',
    summary: 'Get an account at a payment provider',
    description: 'Its `webhook` tells of what came in at its address, also of what could not be believed.',
    scope: 'payments:read',
    params: PathId,
    status: 200,
    response: paymentProvider,
    read: async (from, { deps, principal, params }) =>
      presentAccount(deps, await findAccount(from, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/payment-providers/:id',
    operation: 'paymentProviders.update',
    summary: 'Change an account at a payment provider',
    description: 'New credentials replace the old ones whole. One that is not active takes nothing new.',
    scope: 'payments:write',
    params: PathId,
    body: UpdatePaymentProvider,
    status: 200,
    response: paymentProvider,
    write: (tx, { deps, principal, params, body }) =>
      updateAccount(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/payment-providers/:id',
    operation: 'paymentProviders.delete',
    summary: 'Take an account at a payment provider away',
    description: 'What was paid through it is still asked about, and can be given back.',
    scope: 'payments:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removeAccount(tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/payment-providers/:id/test',
    operation: 'paymentProviders.test',
    summary: 'Ask a payment provider whether it knows the credentials',
    description: 'Moves no money.',
    scope: 'payments:write',
    params: PathId,
    status: 200,
    response: providerTest,
    handle: async ({ deps, principal, params }) => {
      const { environmentId, isTest } = principal
      const row = await findAccount(reader(deps.db, principal), environmentId, params.id)
      return testAccount(deps, row, { environmentId, isTest })
    },
  }),
]

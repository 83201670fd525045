import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { DeleteCustomer } from '../customers/index.ts'
import type { Invoice } from '../invoices/index.ts'
import { cancelSubscription, uncancelSubscription } from './cancel.ts'
import { createSubscription } from './create.ts'
import { deleteCustomer } from './delete-customer.ts'
import { findSubscription } from './find.ts'
import { listSubscriptions } from './list.ts'
import { presentSubscription } from './present.ts'
import {
  CancelSubscription,
  CreateSubscription,
  ListSubscriptions,
  ListSubscriptionsOfCustomer,
  type Subscription,
  UpdateSubscription,
} from './schema.ts'
import { markUncollectible } from './mark-uncollectible.ts'
import { updateSubscription } from './update.ts'
import { voidInvoice } from './void-invoice.ts'

const subscription = named<Subscription>('Subscription')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/subscriptions',
    operation: 'subscriptions.create',
    summary: 'Subscribe a customer to a plan',
    description:
      'Bills what is due by now in the same transaction: the first period, or every period since a start in the past, each on an invoice of its own.',
    scope: 'subscriptions:write',
    body: CreateSubscription,
    status: 201,
    response: subscription,
    write: (tx, { deps, principal, body }) => createSubscription(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/subscriptions',
    operation: 'subscriptions.list',
    summary: 'List subscriptions',
    scope: 'subscriptions:read',
    query: ListSubscriptions,
    status: 200,
    response: pageOf(subscription),
    read: (reader, { deps, principal, query }) =>
      listSubscriptions(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id/subscriptions',
    operation: 'customers.listSubscriptions',
    summary: 'List the subscriptions of a customer',
    scope: 'subscriptions:read',
    params: PathId,
    query: ListSubscriptionsOfCustomer,
    status: 200,
    response: pageOf(subscription),
    read: (reader, { deps, principal, params, query }) =>
      listSubscriptions(deps, reader, principal.environmentId, { ...query, customerId: params.id }),
  }),
  dataRoute({
    method: 'GET',
    url: '/subscriptions/:id',
    operation: 'subscriptions.get',
    summary: 'Get a subscription',
    scope: 'subscriptions:read',
    params: PathId,
    status: 200,
    response: subscription,
    read: async (reader, { principal, params }) =>
      presentSubscription(await findSubscription(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/subscriptions/:id',
    operation: 'subscriptions.update',
    summary: 'Update a subscription',
    scope: 'subscriptions:write',
    params: PathId,
    body: UpdateSubscription,
    status: 200,
    response: subscription,
    write: (tx, { deps, principal, params, body }) =>
      updateSubscription(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/subscriptions/:id/cancel',
    operation: 'subscriptions.cancel',
    summary: 'Cancel a subscription',
    description:
      'At the end of the period by default. A period that has begun stays billed, also when it is canceled now: nothing is credited yet. A trial that is canceled is never billed.',
    scope: 'subscriptions:write',
    params: PathId,
    body: CancelSubscription,
    status: 200,
    response: subscription,
    write: (tx, { deps, principal, params, body }) =>
      cancelSubscription(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/subscriptions/:id/uncancel',
    operation: 'subscriptions.uncancel',
    summary: 'Take a pending cancellation back',
    scope: 'subscriptions:write',
    params: PathId,
    status: 200,
    response: subscription,
    write: (tx, { deps, principal, params }) =>
      uncancelSubscription(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/void',
    operation: 'invoices.void',
    summary: 'Void an unpaid invoice',
    scope: 'invoices:write',
    params: PathId,
    status: 200,
    response: named<Invoice>('Invoice'),
    write: (tx, { deps, principal, params }) => voidInvoice(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/mark-uncollectible',
    operation: 'invoices.markUncollectible',
    summary: 'Give up what is owed on an invoice',
    description:
      'For good: it can neither be paid nor voided afterwards, and the ledger carries what was owed as bad debt. A subscription that was PAST_DUE only for it is ACTIVE again.',
    scope: 'invoices:write',
    params: PathId,
    status: 200,
    response: named<Invoice>('Invoice'),
    write: (tx, { deps, principal, params }) =>
      markUncollectible(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/customers/:id',
    operation: 'customers.delete',
    summary: 'Archive a customer and erase its personal fields',
    description:
      'Issued invoices, payments and the ledger stay. Refused while it has a subscription that is not canceled, unless `cascade` is true: then its subscriptions end now and its unpaid invoices are voided.',
    scope: 'customers:write',
    params: PathId,
    query: DeleteCustomer,
    status: 204,
    write: (tx, { deps, principal, params, query }) =>
      deleteCustomer(deps, tx, principal.environmentId, params.id, { cascade: query.cascade ?? false }),
  }),
]

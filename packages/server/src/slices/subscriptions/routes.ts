import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { DeleteCustomer } from '../customers/index.ts'
import type { Invoice } from '../invoices/index.ts'
import { cancelSubscription, uncancelSubscription } from './cancel.ts'
import { changePlan } from './change-plan.ts'
import { createSubscription } from './create.ts'
import { deleteCustomer } from './delete-customer.ts'
import { findSubscription } from './find.ts'
import { listSubscriptions } from './list.ts'
import { pauseSubscription } from './pause.ts'
import { presentSubscription } from './present.ts'
import { previewSubscription } from './preview.ts'
import { resumeSubscription } from './resume.ts'
import {
  CancelSubscription,
  ChangePlan,
  CreateSubscription,
  ListSubscriptions,
  ListSubscriptionsOfCustomer,
  PauseSubscription,
  PreviewSubscription,
  type Subscription,
  type SubscriptionPreview,
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
    description:
      'Another `quantity` holds from now on: more is invoiced for the rest of the period, less is credited.',
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
      'At the end of the period by default. Now: what is left of the period from the next day on is credited against what charged it. A trial that is canceled is never billed.',
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
    url: '/subscriptions/:id/pause',
    operation: 'subscriptions.pause',
    summary: 'Pause a subscription',
    description:
      'Nothing is billed until it resumes: by itself at `resumeAt`, or when it is told to. With `creditUnused` the rest of the period is credited, this day included.',
    scope: 'subscriptions:write',
    params: PathId,
    body: PauseSubscription,
    status: 200,
    response: subscription,
    write: (tx, { deps, principal, params, body }) =>
      pauseSubscription(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/subscriptions/:id/resume',
    operation: 'subscriptions.resume',
    summary: 'Resume a paused subscription',
    description:
      'Within the period it was paused in, it goes on, and what was credited of the rest is invoiced again. After it, a new period starts now.',
    scope: 'subscriptions:write',
    params: PathId,
    status: 200,
    response: subscription,
    write: (tx, { deps, principal, params }) =>
      resumeSubscription(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/subscriptions/:id/change-plan',
    operation: 'subscriptions.changePlan',
    summary: 'Change the plan of a subscription',
    description:
      'An upgrade now, a downgrade at the end of the period, unless `effective` says otherwise. Now, the rest of the old plan is credited against what charged it and the rest of the new one is invoiced; another interval starts a new period. Asked for the plan it has, a pending change is taken back.',
    scope: 'subscriptions:write',
    params: PathId,
    body: ChangePlan,
    status: 200,
    response: subscription,
    write: (tx, { deps, principal, params, body }) =>
      changePlan(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/subscriptions/:id/preview',
    operation: 'subscriptions.preview',
    summary: 'See what a change would come to',
    description:
      'Makes the call and takes it back: gives the subscription as it would be and the documents that would be issued, and stores nothing. Ids in it are made up.',
    scope: 'subscriptions:write',
    params: PathId,
    body: PreviewSubscription,
    status: 200,
    response: named<SubscriptionPreview>('SubscriptionPreview'),
    handle: ({ deps, principal, params, body }) => previewSubscription(deps, principal, params.id, body),
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

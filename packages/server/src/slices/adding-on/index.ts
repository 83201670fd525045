import { pageOf } from '../../http/pages.ts'
import { type Slice, dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { type AppliedAddOn, ApplyAddOn, ListApplied } from '../add-ons/index.ts'
import { applyAddOn, unapplyAddOn } from './apply.ts'
import { listApplied } from './list.ts'

const applied = named<AppliedAddOn>('AppliedAddOn')

export const addingOn: Slice = {
  name: 'adding-on',
  title: 'Add-ons of customers',
  description: 'What customers are charged for once.',
  routes: [
    dataRoute({
      method: 'POST',
      url: '/add-ons/apply',
      operation: 'addOns.apply',
      summary: 'Charge a customer for an add-on',
      description:
        'On the next invoice of a subscription, or at once with `invoiceNow`. The price is that of this moment.',
      scope: 'subscriptions:write',
      body: ApplyAddOn,
      status: 201,
      response: applied,
      write: (tx, { deps, principal, body }) => applyAddOn(deps, tx, principal.environmentId, body),
    }),
    dataRoute({
      method: 'GET',
      url: '/add-ons/applied/list',
      operation: 'addOns.listApplied',
      summary: 'List add-ons of customers',
      scope: 'subscriptions:read',
      query: ListApplied,
      status: 200,
      response: pageOf(applied),
      read: (reader, { deps, principal, query }) => listApplied(deps, reader, principal.environmentId, query),
    }),
    dataRoute({
      method: 'DELETE',
      url: '/add-ons/applied/:id',
      operation: 'addOns.unapply',
      summary: 'Take an add-on off the next invoice',
      description: 'One that has been invoiced is credited instead.',
      scope: 'subscriptions:write',
      params: PathId,
      status: 204,
      write: (tx, { principal, params }) => unapplyAddOn(tx, principal.environmentId, params.id),
    }),
  ],
}

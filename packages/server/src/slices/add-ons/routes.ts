import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createAddOn, findAddOn, listAddOns, removeAddOn, updateAddOn } from './keep.ts'
import { presentAddOn } from './present.ts'
import { type AddOn, CreateAddOn, ListAddOns, UpdateAddOn } from './schema.ts'

const addOn = named<AddOn>('AddOn')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/add-ons',
    operation: 'addOns.create',
    summary: 'Create an add-on',
    scope: 'plans:write',
    body: CreateAddOn,
    status: 201,
    response: addOn,
    write: (tx, { deps, principal, body }) => createAddOn(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/add-ons',
    operation: 'addOns.list',
    summary: 'List add-ons',
    scope: 'plans:read',
    query: ListAddOns,
    status: 200,
    response: pageOf(addOn),
    read: (reader, { deps, principal, query }) => listAddOns(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/add-ons/:id',
    operation: 'addOns.get',
    summary: 'Get an add-on',
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: addOn,
    read: async (reader, { principal, params }) =>
      presentAddOn(await findAddOn(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/add-ons/:id',
    operation: 'addOns.update',
    summary: 'Change an add-on',
    description: 'From now on; what has been applied keeps its price. `prices` replaces all of them.',
    scope: 'plans:write',
    params: PathId,
    body: UpdateAddOn,
    status: 200,
    response: addOn,
    write: (tx, { principal, params, body }) => updateAddOn(tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/add-ons/:id',
    operation: 'addOns.delete',
    summary: 'Delete an add-on that was never applied',
    scope: 'plans:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removeAddOn(tx, principal.environmentId, params.id),
  }),
]

import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { createCustomer } from './create.ts'
import { findCustomer } from './find.ts'
import { listCustomers } from './list.ts'
import { presentCustomer } from './present.ts'
import { CreateCustomer, type Customer, ListCustomers, UpdateCustomer } from './schema.ts'
import { updateCustomer } from './update.ts'

const customer = named<Customer>('Customer')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/customers',
    operation: 'customers.create',
    summary: 'Create a customer',
    scope: 'customers:write',
    body: CreateCustomer,
    status: 201,
    response: customer,
    write: (tx, { deps, principal, body }) => createCustomer(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers',
    operation: 'customers.list',
    summary: 'List customers',
    scope: 'customers:read',
    query: ListCustomers,
    status: 200,
    response: pageOf(customer),
    read: (reader, { deps, principal, query }) => listCustomers(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id',
    operation: 'customers.get',
    summary: 'Get a customer',
    description: 'By our id, or by your own as `externalId:…`.',
    scope: 'customers:read',
    params: PathId,
    status: 200,
    response: customer,
    read: async (reader, { principal, params }) =>
      presentCustomer(await findCustomer(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/customers/:id',
    operation: 'customers.update',
    summary: 'Update a customer',
    scope: 'customers:write',
    params: PathId,
    body: UpdateCustomer,
    status: 200,
    response: customer,
    write: (tx, { deps, principal, params, body }) =>
      updateCustomer(deps, tx, principal.environmentId, params.id, body),
  }),
]

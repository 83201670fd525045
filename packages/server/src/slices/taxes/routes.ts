import { standardTaxes, standardTaxesAsOf } from '@novabilling/core/tax'
import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { assignTax, listAssignments, unassignTax } from './assign.ts'
import { createTax } from './create.ts'
import { findTax, listTaxes } from './find.ts'
import { presentTax } from './present.ts'
import {
  AssignTax,
  CreateTax,
  ListAssignments,
  ListTaxes,
  type StandardTaxes,
  type Tax,
  type TaxAssignment,
  UpdateTax,
} from './schema.ts'
import { removeTax, updateTax } from './update.ts'

const tax = named<Tax>('Tax')
const assignment = named<TaxAssignment>('TaxAssignment')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/taxes',
    operation: 'taxes.create',
    summary: 'Set up a tax',
    description:
      'Charged on invoices from then on, where it is assigned or applied by default. A rate that changes on a day is another tax of the same code with that `validFrom`.',
    scope: 'plans:write',
    body: CreateTax,
    status: 201,
    response: tax,
    write: (tx, { deps, principal, body }) => createTax(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/taxes',
    operation: 'taxes.list',
    summary: 'List taxes',
    scope: 'plans:read',
    query: ListTaxes,
    status: 200,
    response: pageOf(tax),
    read: (reader, { deps, principal, query }) => listTaxes(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/taxes/standard-rates',
    operation: 'taxes.standardRates',
    summary: 'Standard rates to begin with, by country',
    description:
      'General sales taxes as of a month, in the shape that `POST /taxes` takes. Rates change: look yours up before you charge it.',
    scope: 'plans:read',
    status: 200,
    response: named<StandardTaxes>('StandardTaxes'),
    read: async () => ({
      asOf: standardTaxesAsOf,
      taxes: standardTaxes.map(({ rate, components = [], ...rest }) => ({
        ...rest,
        rate: Number(rate),
        components: components.map((one) => ({ ...one, rate: Number(one.rate) })),
      })),
    }),
  }),
  dataRoute({
    method: 'POST',
    url: '/taxes/assignments',
    operation: 'taxes.assign',
    summary: 'Assign a tax to a customer, a plan or a charge',
    description:
      'The most specific wins: what a line names, then its charge, its plan, its customer, then the taxes applied by default.',
    scope: 'plans:write',
    body: AssignTax,
    status: 201,
    response: assignment,
    write: (tx, { deps, principal, body }) => assignTax(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/taxes/assignments',
    operation: 'taxes.listAssignments',
    summary: 'List what taxes are assigned to',
    scope: 'plans:read',
    query: ListAssignments,
    status: 200,
    response: pageOf(assignment),
    read: (reader, { deps, principal, query }) =>
      listAssignments(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/taxes/assignments/:id',
    operation: 'taxes.unassign',
    summary: 'Take a tax from a customer or a plan',
    scope: 'plans:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => unassignTax(tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/taxes/:id',
    operation: 'taxes.get',
    summary: 'Get a tax',
    scope: 'plans:read',
    params: PathId,
    status: 200,
    response: tax,
    read: async (reader, { principal, params }) =>
      presentTax(await findTax(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/taxes/:id',
    operation: 'taxes.update',
    summary: 'Change a tax',
    description: 'For invoices that are issued from then on. Documents keep the taxes they were issued with.',
    scope: 'plans:write',
    params: PathId,
    body: UpdateTax,
    status: 200,
    response: tax,
    write: (tx, { principal, params, body }) => updateTax(tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/taxes/:id',
    operation: 'taxes.delete',
    summary: 'Remove a tax',
    description: 'It is not charged any more. Documents keep it.',
    scope: 'plans:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removeTax(tx, principal.environmentId, params.id),
  }),
]

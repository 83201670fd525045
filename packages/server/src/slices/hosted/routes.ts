import { reader } from '../../db/transaction.ts'
import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { type CheckoutSession, StartCheckout, beginCheckoutOf, finishCheckout } from '../checkout/index.ts'
import { type Invoice, ListInvoicesOfCustomer, listInvoices } from '../invoices/index.ts'
import { ListCustomerPayments, type Payment, listPayments } from '../payments/index.ts'
import { ListSubscriptionsOfCustomer, type Subscription, listSubscriptions } from '../subscriptions/index.ts'
import { customerIdOf, customerOf, readBilling } from './billing.ts'
import { createPortalLink } from './portal-link.ts'
import {
  CreatePortalLink,
  InvoiceOfCustomer,
  OfCustomer,
  type PortalBilling,
  type PortalLink,
} from './schema.ts'

/** For programs with a key: a link to our pages, or what a page of the tenant's own shows. */
export const keyRoutes = [
  dataRoute({
    method: 'POST',
    url: '/customers/:id/portal-link',
    operation: 'customers.createPortalLink',
    summary: 'Make a link to the pages of one customer',
    description:
      'On them the customer sees its subscriptions, invoices, payments and saved methods, pays, and changes or cancels where `settings.portal` allows. The link opens them without a key until it expires, so hand it to this customer alone: redirect to it from your own signed-in page.',
    scope: 'customers:write',
    secret: true,
    params: PathId,
    body: CreatePortalLink,
    status: 201,
    response: named<PortalLink>('PortalLink'),
    handle: ({ deps, principal, params, body }) =>
      createPortalLink(deps, reader(deps.db, principal), principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/portal/customers/:externalId/billing',
    operation: 'portal.billing',
    summary: 'Get what a customer is and owes',
    description: 'By your own id of the customer, or by ours; as all of these.',
    scope: 'customers:read',
    params: OfCustomer,
    status: 200,
    response: named<PortalBilling>('PortalBilling'),
    read: (from, { deps, principal, params }) =>
      readBilling(deps, from, principal.environmentId, params.externalId),
  }),
  dataRoute({
    method: 'GET',
    url: '/portal/customers/:externalId/subscriptions',
    operation: 'portal.subscriptions',
    summary: 'List the subscriptions of a customer by your own id',
    scope: 'subscriptions:read',
    params: OfCustomer,
    query: ListSubscriptionsOfCustomer,
    status: 200,
    response: pageOf(named<Subscription>('Subscription')),
    read: async (from, { deps, principal: { environmentId }, params, query }) =>
      listSubscriptions(deps, from, environmentId, {
        ...query,
        customerId: await customerIdOf(from, environmentId, params.externalId),
      }),
  }),
  dataRoute({
    method: 'GET',
    url: '/portal/customers/:externalId/invoices',
    operation: 'portal.invoices',
    summary: 'List the invoices of a customer by your own id',
    scope: 'invoices:read',
    params: OfCustomer,
    query: ListInvoicesOfCustomer,
    status: 200,
    response: pageOf(named<Invoice>('Invoice')),
    read: async (from, { deps, principal: { environmentId }, params, query }) =>
      listInvoices(deps, from, environmentId, {
        ...query,
        customerId: await customerIdOf(from, environmentId, params.externalId),
      }),
  }),
  dataRoute({
    method: 'GET',
    url: '/portal/customers/:externalId/payments',
    operation: 'portal.payments',
    summary: 'List the payments of a customer by your own id',
    scope: 'payments:read',
    params: OfCustomer,
    query: ListCustomerPayments,
    status: 200,
    response: pageOf(named<Payment>('Payment')),
    read: async (from, { deps, principal: { environmentId }, params, query }) =>
      listPayments(deps, from, environmentId, {
        ...query,
        customerId: await customerIdOf(from, environmentId, params.externalId),
      }),
  }),
  dataRoute({
    method: 'POST',
    url: '/portal/customers/:externalId/invoices/:invoiceId/checkout',
    operation: 'portal.checkout',
    summary: "Have one of a customer's own invoices paid on a page of a payment provider",
    description: 'As `POST /invoices/:id/checkout`; an invoice of another customer is none.',
    scope: 'payments:write',
    params: InvoiceOfCustomer,
    body: StartCheckout,
    status: 201,
    response: named<CheckoutSession>('CheckoutSession'),
    staged: {
      begin: async (tx, { deps, principal: { environmentId }, params, body }) => {
        const customer = await customerOf(tx, environmentId, params.externalId)
        return beginCheckoutOf(deps, tx, environmentId, {
          customerId: customer.id,
          invoiceId: params.invoiceId,
          input: body,
        })
      },
      finish: (id, { deps, principal }) => finishCheckout(deps, principal, id),
    },
  }),
]

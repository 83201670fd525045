import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { getPayment, listPayments } from './list.ts'
import {
  addPaymentMethod,
  findPaymentMethod,
  listPaymentMethods,
  removePaymentMethod,
  setDefaultMethod,
} from './methods.ts'
import { presentMethod, presentPayment } from './present.ts'
import { beginRefund, finishRefund } from './refund.ts'
import {
  CreatePaymentMethod,
  ListCustomerPaymentMethods,
  ListCustomerPayments,
  ListPaymentMethods,
  ListPayments,
  type Payment,
  type PaymentMethod,
  RefundPayment,
  UpdatePaymentMethod,
} from './schema.ts'

const payment = named<Payment>('Payment')
const paymentMethod = named<PaymentMethod>('PaymentMethod')

export const methodRoutes = [
  dataRoute({
    method: 'POST',
    url: '/payment-methods',
    operation: 'paymentMethods.create',
    summary: 'Add a payment method to a customer',
    description:
      "The first one becomes the customer's default. The sandbox (test environments only) takes the tokens `sandbox_succeeds`, `sandbox_declined`, `sandbox_insufficient_funds`, `sandbox_pending` (succeeds after a minute), `sandbox_timeout` (charged, but the answer is lost) and `sandbox_timeout_not_executed` (lost before it was charged).",
    scope: 'payments:write',
    body: CreatePaymentMethod,
    status: 201,
    response: paymentMethod,
    write: (tx, { deps, principal, body }) => addPaymentMethod(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/payment-methods',
    operation: 'paymentMethods.list',
    summary: 'List payment methods',
    scope: 'payments:read',
    query: ListPaymentMethods,
    status: 200,
    response: pageOf(paymentMethod),
    read: (reader, { deps, principal, query }) =>
      listPaymentMethods(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/payment-methods/:id',
    operation: 'paymentMethods.get',
    summary: 'Get a payment method',
    scope: 'payments:read',
    params: PathId,
    status: 200,
    response: paymentMethod,
    read: async (reader, { principal, params }) =>
      presentMethod(await findPaymentMethod(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/payment-methods/:id',
    operation: 'paymentMethods.update',
    summary: "Make a payment method the customer's default, or not",
    scope: 'payments:write',
    params: PathId,
    body: UpdatePaymentMethod,
    status: 200,
    response: paymentMethod,
    write: (tx, { principal, params, body }) =>
      setDefaultMethod(tx, principal.environmentId, params.id, body.isDefault),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/payment-methods/:id',
    operation: 'paymentMethods.delete',
    summary: 'Remove a payment method',
    description:
      "Nothing is charged to it any more. If it was the default, the customer's newest other one becomes it.",
    scope: 'payments:write',
    params: PathId,
    status: 204,
    write: (tx, { principal, params }) => removePaymentMethod(tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id/payment-methods',
    operation: 'customers.listPaymentMethods',
    summary: 'List the payment methods of a customer',
    scope: 'payments:read',
    params: PathId,
    query: ListCustomerPaymentMethods,
    status: 200,
    response: pageOf(paymentMethod),
    read: (reader, { deps, principal, params, query }) =>
      listPaymentMethods(deps, reader, principal.environmentId, { ...query, customerId: params.id }),
  }),
]

export const paymentRoutes = [
  dataRoute({
    method: 'GET',
    url: '/payments',
    operation: 'payments.list',
    summary: 'List payments',
    scope: 'payments:read',
    query: ListPayments,
    status: 200,
    response: pageOf(payment),
    read: (reader, { deps, principal, query }) => listPayments(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/payments/:id',
    operation: 'payments.get',
    summary: 'Get a payment',
    scope: 'payments:read',
    params: PathId,
    status: 200,
    response: payment,
    read: async (reader, { principal, params }) =>
      presentPayment(await getPayment(reader, principal.environmentId, params.id)),
  }),
  dataRoute({
    method: 'POST',
    url: '/payments/:id/refund',
    operation: 'payments.refund',
    summary: 'Give a payment back, whole or in part',
    description:
      'Answers with the payment and its refunds. A refund is PENDING in it while the provider has not told how it ended, and FAILED when the provider refused; the money that is not given back then can be refunded again.',
    scope: 'payments:write',
    params: PathId,
    body: RefundPayment,
    status: 200,
    response: payment,
    staged: {
      begin: (tx, { deps, principal, params, body }) =>
        beginRefund(deps, tx, principal.environmentId, params.id, body),
      finish: (id, { deps, principal }, begun) => finishRefund(deps, principal, id, begun),
    },
  }),
  dataRoute({
    method: 'GET',
    url: '/customers/:id/payments',
    operation: 'customers.listPayments',
    summary: 'List the payments of a customer',
    scope: 'payments:read',
    params: PathId,
    query: ListCustomerPayments,
    status: 200,
    response: pageOf(payment),
    read: (reader, { deps, principal, params, query }) =>
      listPayments(deps, reader, principal.environmentId, { ...query, customerId: params.id }),
  }),
]

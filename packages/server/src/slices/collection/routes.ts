import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import type { Invoice } from '../invoices/index.ts'
import type { Payment } from '../payments/index.ts'
import { payInvoice } from './pay.ts'
import { markPaid, recordPayment } from './receive.ts'
import { MarkPaid, PayInvoice, RecordPayment } from './schema.ts'

const payment = named<Payment>('Payment')
const invoice = named<Invoice>('Invoice')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/payments',
    operation: 'payments.create',
    summary: 'Record a payment made elsewhere',
    description:
      'Of what is due on an invoice, or a part of it. When nothing is due any more, the invoice is PAID.',
    scope: 'payments:write',
    body: RecordPayment,
    status: 201,
    response: payment,
    write: (tx, { deps, principal, body }) => recordPayment(deps, tx, principal.environmentId, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/mark-paid',
    operation: 'invoices.markPaid',
    summary: 'Say that an invoice was paid elsewhere',
    description:
      'Records a payment of all that is due. A subscription that was PAST_DUE for it is ACTIVE again.',
    scope: 'invoices:write',
    params: PathId,
    body: MarkPaid,
    status: 200,
    response: invoice,
    write: (tx, { deps, principal, params, body }) =>
      markPaid(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/pay',
    operation: 'invoices.pay',
    summary: 'Try to collect an invoice now',
    description:
      "With the method that is named, else its subscription's, else the customer's default. Answers with the payment as it starts; its outcome comes a moment later, as the status of the payment and of the invoice.",
    scope: 'payments:write',
    params: PathId,
    body: PayInvoice,
    status: 201,
    response: payment,
    write: (tx, { deps, principal, params, body }) =>
      payInvoice(deps, tx, principal.environmentId, params.id, body),
  }),
]

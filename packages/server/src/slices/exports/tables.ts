import type { PresentedAuditEntry as AuditEntry } from '../access/index.ts'
import type { CreditNote } from '../credit-notes/index.ts'
import type { PresentedCustomer } from '../customers/index.ts'
import type { Invoice } from '../invoices/index.ts'
import type { LedgerEntry } from '../ledger/index.ts'
import type { Payment } from '../payments/index.ts'
import type { Subscription } from '../subscriptions/index.ts'
import type { UsageEvent } from '../usage/index.ts'
import type { Amount, Cell, Columns } from './csv.ts'

/** The columns of each file: the fields of the API under their own names, the inner ones by a dot. */

const amount = (value: number, { currency }: { readonly currency: string }): Amount => ({
  amount: value,
  currency,
})
const asJson = (value: object): Cell => (Object.keys(value).length === 0 ? null : JSON.stringify(value))

export const customerColumns: Columns<PresentedCustomer> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  email: ({ email }) => email,
  externalId: ({ externalId }) => externalId,
  status: ({ status }) => status,
  currency: ({ currency }) => currency,
  totalSpent: (row) => amount(row.totalSpent, row),
  balance: (row) => amount(row.balance, row),
  activeSubscriptions: ({ activeSubscriptions }) => activeSubscriptions,
  country: ({ country }) => country,
  timezone: ({ timezone }) => timezone,
  locale: ({ locale }) => locale,
  taxId: ({ taxId }) => taxId,
  taxTreatment: ({ taxTreatment }) => taxTreatment,
  netPaymentTerms: ({ netPaymentTerms }) => netPaymentTerms,
  'address.line1': ({ address }) => address?.line1 ?? null,
  'address.line2': ({ address }) => address?.line2 ?? null,
  'address.city': ({ address }) => address?.city ?? null,
  'address.state': ({ address }) => address?.state ?? null,
  'address.postalCode': ({ address }) => address?.postalCode ?? null,
  'address.country': ({ address }) => address?.country ?? null,
  metadata: ({ metadata }) => asJson(metadata),
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
}

export const subscriptionColumns: Columns<Subscription> = {
  id: ({ id }) => id,
  externalId: ({ externalId }) => externalId,
  customerId: ({ customerId }) => customerId,
  planId: ({ planId }) => planId,
  status: ({ status }) => status,
  currency: ({ currency }) => currency,
  quantity: ({ quantity }) => quantity,
  startedAt: ({ startedAt }) => startedAt,
  currentPeriodStart: ({ currentPeriodStart }) => currentPeriodStart,
  currentPeriodEnd: ({ currentPeriodEnd }) => currentPeriodEnd,
  nextInvoiceAt: ({ nextInvoiceAt }) => nextInvoiceAt,
  trialStart: ({ trialStart }) => trialStart,
  trialEnd: ({ trialEnd }) => trialEnd,
  pausedAt: ({ pausedAt }) => pausedAt,
  resumeAt: ({ resumeAt }) => resumeAt,
  cancelAt: ({ cancelAt }) => cancelAt,
  canceledAt: ({ canceledAt }) => canceledAt,
  cancelReason: ({ cancelReason }) => cancelReason,
  endDate: ({ endDate }) => endDate,
  'pendingChange.planId': ({ pendingChange }) => pendingChange?.planId ?? null,
  'pendingChange.quantity': ({ pendingChange }) => pendingChange?.quantity ?? null,
  'pendingChange.effectiveAt': ({ pendingChange }) => pendingChange?.effectiveAt ?? null,
  metadata: ({ metadata }) => asJson(metadata),
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
}

export const invoiceColumns: Columns<Invoice> = {
  id: ({ id }) => id,
  number: ({ number }) => number,
  status: ({ status }) => status,
  customerId: ({ customerId }) => customerId,
  subscriptionId: ({ subscriptionId }) => subscriptionId,
  'billTo.name': ({ billTo }) => billTo.name,
  'billTo.email': ({ billTo }) => billTo.email,
  'billTo.country': ({ billTo }) => billTo.country,
  'billTo.taxId': ({ billTo }) => billTo.taxId,
  currency: ({ currency }) => currency,
  subtotal: (row) => amount(row.subtotal, row),
  discountAmount: (row) => amount(row.discountAmount, row),
  taxAmount: (row) => amount(row.taxAmount, row),
  total: (row) => amount(row.total, row),
  amountPaid: (row) => amount(row.amountPaid, row),
  amountCredited: (row) => amount(row.amountCredited, row),
  amountDue: (row) => amount(row.amountDue, row),
  issuedAt: ({ issuedAt }) => issuedAt,
  dueDate: ({ dueDate }) => dueDate,
  paidAt: ({ paidAt }) => paidAt,
  voidedAt: ({ voidedAt }) => voidedAt,
  notes: ({ notes }) => notes,
  metadata: ({ metadata }) => asJson(metadata),
  createdAt: ({ createdAt }) => createdAt,
}

export type InvoiceLine = { readonly invoice: Invoice; readonly item: Invoice['items'][number] }

export const invoiceLineColumns: Columns<InvoiceLine> = {
  id: ({ item }) => item.id,
  invoiceId: ({ invoice }) => invoice.id,
  number: ({ invoice }) => invoice.number,
  status: ({ invoice }) => invoice.status,
  customerId: ({ invoice }) => invoice.customerId,
  subscriptionId: ({ invoice }) => invoice.subscriptionId,
  issuedAt: ({ invoice }) => invoice.issuedAt,
  type: ({ item }) => item.type,
  description: ({ item }) => item.description,
  quantity: ({ item }) => item.quantity,
  unitAmount: ({ item }) => item.unitAmount,
  currency: ({ invoice }) => invoice.currency,
  amount: ({ item, invoice }) => amount(item.amount, invoice),
  discountAmount: ({ item, invoice }) => amount(item.discountAmount, invoice),
  taxes: ({ item }) => (item.taxes.length === 0 ? null : JSON.stringify(item.taxes)),
  periodStart: ({ item }) => item.periodStart,
  periodEnd: ({ item }) => item.periodEnd,
}

export const paymentColumns: Columns<Payment> = {
  id: ({ id }) => id,
  invoiceId: ({ invoiceId }) => invoiceId,
  customerId: ({ customerId }) => customerId,
  status: ({ status }) => status,
  currency: ({ currency }) => currency,
  amount: (row) => amount(row.amount, row),
  refundedAmount: (row) => amount(row.refundedAmount, row),
  provider: ({ provider }) => provider,
  providerTransactionId: ({ providerTransactionId }) => providerTransactionId,
  paymentMethodId: ({ paymentMethodId }) => paymentMethodId,
  failureCode: ({ failureCode }) => failureCode,
  failureReason: ({ failureReason }) => failureReason,
  createdAt: ({ createdAt }) => createdAt,
}

export const creditNoteColumns: Columns<CreditNote> = {
  id: ({ id }) => id,
  number: ({ number }) => number,
  status: ({ status }) => status,
  invoiceId: ({ invoiceId }) => invoiceId,
  customerId: ({ customerId }) => customerId,
  subscriptionId: ({ subscriptionId }) => subscriptionId,
  reason: ({ reason }) => reason,
  'billTo.name': ({ billTo }) => billTo.name,
  currency: ({ currency }) => currency,
  subtotal: (row) => amount(row.subtotal, row),
  discountAmount: (row) => amount(row.discountAmount, row),
  taxAmount: (row) => amount(row.taxAmount, row),
  total: (row) => amount(row.total, row),
  settledAmount: (row) => amount(row.settledAmount, row),
  refundAmount: (row) => amount(row.refundAmount, row),
  balanceAmount: (row) => amount(row.balanceAmount, row),
  issuedAt: ({ issuedAt }) => issuedAt,
  voidedAt: ({ voidedAt }) => voidedAt,
  createdAt: ({ createdAt }) => createdAt,
}

export const ledgerEntryColumns: Columns<LedgerEntry> = {
  transactionId: ({ transactionId }) => transactionId,
  occurredAt: ({ occurredAt }) => occurredAt,
  account: ({ account }) => account,
  currency: ({ currency }) => currency,
  debit: (row) => amount(row.debit, row),
  credit: (row) => amount(row.credit, row),
  documentKind: ({ documentKind }) => documentKind,
  documentId: ({ documentId }) => documentId,
}

export const usageEventColumns: Columns<UsageEvent> = {
  id: ({ id }) => id,
  transactionId: ({ transactionId }) => transactionId,
  subscriptionId: ({ subscriptionId }) => subscriptionId,
  code: ({ code }) => code,
  timestamp: ({ timestamp }) => timestamp,
  properties: ({ properties }) => asJson(properties),
  createdAt: ({ createdAt }) => createdAt,
}

export const auditColumns: Columns<AuditEntry> = {
  id: ({ id }) => id,
  at: ({ at }) => at,
  action: ({ action }) => action,
  actor: ({ actor }) => actor,
  target: ({ target }) => target,
  ip: ({ ip }) => ip,
  requestId: ({ requestId }) => requestId,
  details: ({ details }) => asJson(details),
  hash: ({ hash }) => hash,
}

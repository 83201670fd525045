import type { Slice } from '../../http/route.ts'
import { ListCreditNotes, listCreditNotes } from '../credit-notes/index.ts'
import { ListCustomers, listCustomers } from '../customers/index.ts'
import { ListInvoices, listInvoices } from '../invoices/index.ts'
import { ListEntries, listEntries } from '../ledger/index.ts'
import { ListPayments, listPayments } from '../payments/index.ts'
import { ListSubscriptions, listSubscriptions } from '../subscriptions/index.ts'
import { FindUsageEvents, findEvents } from '../usage/index.ts'
import { auditLogExport } from './audit-log.ts'
import { exportRoute, filtersOf } from './export.ts'
import {
  creditNoteColumns,
  customerColumns,
  invoiceColumns,
  invoiceLineColumns,
  ledgerEntryColumns,
  paymentColumns,
  subscriptionColumns,
  usageEventColumns,
} from './tables.ts'

const asItIs = <T>(row: T): readonly T[] => [row]

export const exporting: Slice = {
  name: 'exports',
  title: 'Exports',
  description: 'What the lists hold, as files of any length.',
  routes: [
    exportRoute({
      noun: 'customers',
      operation: 'exports.customers',
      what: 'customers',
      scope: 'customers:read',
      filters: filtersOf(ListCustomers),
      list: listCustomers,
      spread: asItIs,
      columns: customerColumns,
    }),
    exportRoute({
      noun: 'subscriptions',
      operation: 'exports.subscriptions',
      what: 'subscriptions',
      scope: 'subscriptions:read',
      filters: filtersOf(ListSubscriptions),
      list: listSubscriptions,
      spread: asItIs,
      columns: subscriptionColumns,
    }),
    exportRoute({
      noun: 'invoices',
      operation: 'exports.invoices',
      what: 'invoices',
      scope: 'invoices:read',
      filters: filtersOf(ListInvoices),
      list: listInvoices,
      spread: asItIs,
      columns: invoiceColumns,
    }),
    exportRoute({
      noun: 'invoice-lines',
      operation: 'exports.invoiceLines',
      what: 'the lines of invoices',
      scope: 'invoices:read',
      filters: filtersOf(ListInvoices),
      list: listInvoices,
      spread: (invoice) => invoice.items.map((item) => ({ invoice, item })),
      columns: invoiceLineColumns,
    }),
    exportRoute({
      noun: 'payments',
      operation: 'exports.payments',
      what: 'payments',
      scope: 'payments:read',
      filters: filtersOf(ListPayments),
      list: listPayments,
      spread: asItIs,
      columns: paymentColumns,
    }),
    exportRoute({
      noun: 'credit-notes',
      operation: 'exports.creditNotes',
      what: 'credit notes',
      scope: 'invoices:read',
      filters: filtersOf(ListCreditNotes),
      list: listCreditNotes,
      spread: asItIs,
      columns: creditNoteColumns,
    }),
    exportRoute({
      noun: 'ledger-entries',
      operation: 'exports.ledgerEntries',
      what: 'entries of the ledger',
      scope: 'analytics:read',
      filters: filtersOf(ListEntries),
      list: listEntries,
      spread: asItIs,
      columns: ledgerEntryColumns,
    }),
    exportRoute({
      noun: 'usage-events',
      operation: 'exports.usageEvents',
      what: 'events of usage',
      scope: 'subscriptions:read',
      filters: filtersOf(FindUsageEvents),
      list: findEvents,
      spread: asItIs,
      columns: usageEventColumns,
    }),
    auditLogExport,
  ],
}

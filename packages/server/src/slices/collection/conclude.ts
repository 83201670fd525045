import { declineKind } from '@novabilling/core/dunning'
import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import { failInvoices, lockInvoices } from '../invoices/index.ts'
import {
  type Recorded,
  countAttempt,
  lockPayments,
  paymentsByIds,
  presentPayment,
  recordOf,
  refreshMethods,
  savePayments,
} from '../payments/index.ts'
import { planRetries } from '../dunning/index.ts'
import type { Found } from '../providers/index.ts'
import { lockSubscriptions, markPastDue } from '../subscriptions/index.ts'
import { fallOver, intendElsewhere } from './fall-over.ts'
import { settle } from './settle.ts'
import type { ClaimedPayment } from './sql.ts'

/** A claimed payment and what the provider said. */
export type ChargeOutcome = { readonly payment: ClaimedPayment; readonly found: Found }

type Ended = { readonly payment: ClaimedPayment; readonly recorded: Recorded }

/**
 * Writes the outcomes of one environment down in one transaction, with all that follows: the payments, their
 * invoices, the books, their subscriptions, and one event for each change. An outcome whose lease was taken over
 * by somebody else is dropped: the attempt's number is the fence.
 */
export async function concludeCharges(deps: Deps, outcomes: readonly ChargeOutcome[]): Promise<void> {
  const [first] = outcomes
  if (!first) return
  const { tenant_id: tenantId, environment_id: environmentId, is_test: isTest } = first.payment
  const scope = { tenantId, environmentId, isTest }
  await transaction(deps.workerDb, { scope, now: deps.clock.now() }, async (tx) => {
    const payments = outcomes.map(({ payment }) => payment)
    await lockSubscriptions(tx, environmentId, subscriptionsOf(payments))
    await lockInvoices(tx, environmentId, [...new Set(payments.map(({ invoice_id }) => invoice_id))])
    const held = await tx.query(
      lockPayments(
        environmentId,
        payments.map(({ id }) => id),
      ),
    )
    const open = new Map(
      held
        .filter(({ status }) => status === 'PROCESSING' || status === 'UNKNOWN')
        .map((row) => [row.id, row.attempt]),
    )

    const recorded = outcomes
      .filter(({ payment }) => open.get(payment.id) === payment.attempt)
      .map(({ payment, found }) => ({
        payment,
        recorded: recordOf(found, { ...payment, onTestClock: payment.clock_now !== null }, tx.now),
      }))
    if (recorded.length === 0) return
    const { ended, moved } = await fallOver(tx, environmentId, recorded)
    report(deps, ended)
    save(tx, environmentId, ended)
    await intendElsewhere(deps, tx, environmentId, ended, moved)
    await announce(deps, tx, environmentId, ended)
    await succeed(
      deps,
      tx,
      environmentId,
      ended.filter(({ recorded }) => recorded.status === 'SUCCEEDED'),
    )
    await fail(
      deps,
      tx,
      environmentId,
      ended.filter(({ payment, recorded }) => recorded.status === 'FAILED' && !moved.has(payment.id)),
    )
  })
}

function save(tx: Tx, environmentId: string, ended: readonly Ended[]): void {
  tx.defer(
    savePayments(
      environmentId,
      ended.map(({ payment }) => payment.id),
      ended.map(({ recorded }) => recorded.status),
      ended.map(({ recorded }) => recorded.transactionId),
      ended.map(({ recorded }) => recorded.failureCode),
      ended.map(({ recorded }) => recorded.failureReason),
      ended.map(({ recorded }) => recorded.dueAt),
      tx.now,
      ended.map(({ recorded }) => recorded.handle),
    ),
  )
}

async function announce(deps: Deps, tx: Tx, environmentId: string, ended: readonly Ended[]): Promise<void> {
  const final = ended.filter(
    ({ recorded }) => recorded.status === 'SUCCEEDED' || recorded.status === 'FAILED',
  )
  if (final.length === 0) return
  const rows = await tx.query(
    paymentsByIds(
      environmentId,
      final.map(({ payment }) => payment.id),
    ),
  )
  recordEvents(
    tx,
    deps,
    rows.map((row) => ({
      type: row.status === 'FAILED' ? 'payment.failed' : 'payment.succeeded',
      resourceId: row.id,
      resource: presentPayment(row),
    })),
  )
}

async function succeed(deps: Deps, tx: Tx, environmentId: string, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return
  refresh(tx, environmentId, ended)
  await settle(
    deps,
    tx,
    environmentId,
    ended.map(({ payment }) => ({
      invoiceId: payment.invoice_id,
      customerId: payment.customer_id,
      paymentId: payment.id,
      provider: payment.provider,
      currency: payment.currency,
      amountMinor: payment.amount_minor,
      at: tx.now,
    })),
  )
}

/** A card that its bank has renewed or replaced goes on under the same token, with another end and other digits. */
function refresh(tx: Tx, environmentId: string, ended: readonly Ended[]): void {
  const told = new Map(
    ended.flatMap(({ payment, recorded }) =>
      payment.payment_method_id !== null && recorded.method
        ? [[payment.payment_method_id, recorded.method] as const]
        : [],
    ),
  )
  if (told.size === 0) return
  const methods = [...told.values()]
  tx.defer(
    refreshMethods(
      environmentId,
      [...told.keys()],
      methods.map(({ brand }) => brand),
      methods.map(({ last4 }) => last4),
      methods.map(({ expMonth }) => expMonth),
      methods.map(({ expYear }) => expYear),
    ),
  )
}

async function fail(deps: Deps, tx: Tx, environmentId: string, all: readonly Ended[]): Promise<void> {
  if (all.length === 0) return
  await planRetries(
    deps,
    tx,
    environmentId,
    all.map(({ payment, recorded }) => ({
      invoiceId: payment.invoice_id,
      code: recorded.failureCode ?? '',
      onPhone: payment.method_type === 'MOBILE_MONEY',
    })),
  )
  // What failed because of us or of the provider is not held against the customer.
  const ended = all.filter(({ recorded }) => declineKind(recorded.failureCode ?? '') !== 'OURS')
  if (ended.length === 0) return
  await failInvoices(
    deps,
    tx,
    environmentId,
    ended.map(({ payment }) => ({ invoiceId: payment.invoice_id, at: tx.now })),
  )
  const subscriptions = subscriptionsOf(ended.map(({ payment }) => payment))
  if (subscriptions.length > 0) await markPastDue(deps, tx, environmentId, subscriptions, tx.now)
}

function subscriptionsOf(payments: readonly ClaimedPayment[]): string[] {
  return [...new Set(payments.flatMap(({ subscription_id }) => subscription_id ?? []))]
}

function report(deps: Deps, ended: readonly Ended[]): void {
  for (const { payment, recorded } of ended) {
    countAttempt('charge', payment.provider, recorded)
    if (recorded.failureCode !== 'amount_mismatch') continue
    deps.log.error({ payment: payment.reference }, 'a provider confirmed other money than was asked for')
  }
}

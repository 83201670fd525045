import { paymentRefunded } from '@novabilling/core/ledger'
import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import { grantCredits } from '../credits/index.ts'
import { type InvoiceRow, lockInvoices } from '../invoices/index.ts'
import { postEntries } from '../ledger/index.ts'
import { type Found, openAccountOf, providerNamed } from '../providers/index.ts'
import { type Recorded, attempt, prepared, recordOf } from './attempts.ts'
import { countAttempt } from './metrics.ts'
import { presentPayment } from './present.ts'
import {
  type ClaimedRefund,
  lockRefunds,
  saveRefunds,
  settleReserved,
  takeFromCustomers,
  takeFromInvoices,
} from './refunds-sql.ts'
import { lockPayments, paymentsByIds } from './sql.ts'

/** A claimed refund and what the provider said. */
export type RefundOutcome = { readonly refund: ClaimedRefund; readonly found: Found }

/** Asks the provider for the money back, or how that ended. */
export function attemptRefund(deps: Deps, refund: ClaimedRefund): Promise<Found> {
  return prepared(deps, refund, () => giveBackAt(deps, refund))
}

async function giveBackAt(deps: Deps, refund: ClaimedRefund): Promise<Found> {
  const provider = providerNamed(refund.provider)
  const request = {
    scope: { tenantId: refund.tenant_id, environmentId: refund.environment_id },
    account: openAccountOf(deps, refund),
    reference: refund.reference,
    handle: refund.provider_handle,
    calledAt: refund.called_at,
    amountMinor: refund.amount_minor,
    currency: refund.currency,
    at: refund.clock_now ?? deps.clock.now(),
    chargeReference: refund.charge_reference,
    chargeTransactionId: refund.charge_transaction_id,
    report: refund.report,
    chargeReport: refund.charge_report,
  }
  return attempt(deps, provider, refund, {
    act: () => provider.refund(deps, request),
    ask: () => provider.queryRefund(deps, request),
  })
}

/**
 * Writes the outcomes of one environment down, with all that follows: the payment, the invoice, the books, one
 * event for each refund that succeeded. An outcome whose lease was taken over by somebody else is dropped.
 */
export async function concludeRefunds(deps: Deps, outcomes: readonly RefundOutcome[]): Promise<void> {
  const [first] = outcomes
  if (!first) return
  const { tenant_id: tenantId, environment_id: environmentId, is_test: isTest } = first.refund
  const scope = { tenantId, environmentId, isTest }
  await transaction(deps.workerDb, { scope, now: deps.clock.now() }, async (tx) => {
    const refunds = outcomes.map(({ refund }) => refund)
    const invoices = await lockInvoices(
      tx,
      environmentId,
      distinct(refunds.map((refund) => refund.invoice_id)),
    )
    const payments = await tx.query(
      lockPayments(environmentId, distinct(refunds.map((refund) => refund.payment_id))),
    )
    const held = await tx.query(
      lockRefunds(
        environmentId,
        refunds.map(({ id }) => id),
      ),
    )
    const attempts = new Map(
      held.map((row) => [row.id, row.status === 'PROCESSING' || row.status === 'UNKNOWN' ? row.attempt : -1]),
    )

    const ended = outcomes
      .filter(({ refund }) => attempts.get(refund.id) === refund.attempt)
      .map(({ refund, found }) => ({
        refund,
        recorded: recordOf(found, { ...refund, onTestClock: refund.clock_now !== null }, tx.now),
      }))
    report(deps, ended)
    write(deps, tx, environmentId, ended)
    keepForCustomers(
      deps,
      tx,
      ended.filter(({ recorded }) => recorded.status === 'FAILED'),
    )
    const back = ended.filter(({ recorded }) => recorded.status === 'SUCCEEDED')
    if (back.length === 0) return
    giveBack(deps, tx, environmentId, back, new Map(invoices.map(({ id, status }) => [id, status])))
    const shown = await tx.query(
      paymentsByIds(
        environmentId,
        payments.map(({ id }) => id),
      ),
    )
    const paymentOf = new Map(shown.map((row) => [row.id, presentPayment(row)]))
    recordEvents(
      tx,
      deps,
      back.map(({ refund }) => ({
        type: 'payment.refunded',
        resourceId: refund.payment_id,
        resource: paymentOf.get(refund.payment_id),
      })),
    )
  })
}

type Ended = { readonly refund: ClaimedRefund; readonly recorded: Recorded }

function write(deps: Deps, tx: Tx, environmentId: string, ended: readonly Ended[]): void {
  tx.defer(
    saveRefunds(
      environmentId,
      ended.map(({ refund }) => refund.id),
      ended.map(({ recorded }) => recorded.status),
      ended.map(({ recorded }) => recorded.failureCode),
      ended.map(({ recorded }) => recorded.failureReason),
      ended.map(({ recorded }) => recorded.dueAt),
      tx.now,
      ended.map(({ recorded }) => recorded.handle),
    ),
  )
  const final = ended.filter(
    ({ recorded }) => recorded.status === 'SUCCEEDED' || recorded.status === 'FAILED',
  )
  const byPayment = [...Map.groupBy(final, ({ refund }) => refund.payment_id)]
  const sum = (some: readonly Ended[]): bigint =>
    some.reduce((total, { refund }) => total + refund.amount_minor, 0n)
  tx.defer(
    settleReserved(
      environmentId,
      byPayment.map(([id]) => id),
      byPayment.map(([, some]) => sum(some.filter(({ recorded }) => recorded.status === 'SUCCEEDED'))),
      byPayment.map(([, some]) => sum(some)),
      tx.now,
    ),
  )
}

/** What a credit note meant to give back and could not is the customer's to spend. */
function keepForCustomers(deps: Deps, tx: Tx, failed: readonly Ended[]): void {
  grantCredits(
    deps,
    tx,
    failed
      .filter(({ refund }) => refund.credit_note_id !== null)
      .map(({ refund }) => ({
        environmentId: refund.environment_id,
        customerId: refund.customer_id,
        currency: refund.currency,
        source: 'REFUND' as const,
        sourceId: refund.id,
        minor: refund.amount_minor,
        at: tx.now,
      })),
  )
}

function giveBack(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  back: readonly Ended[],
  statusOf: ReadonlyMap<string, InvoiceRow['status']>,
): void {
  const byInvoice = [...Map.groupBy(back, ({ refund }) => refund.invoice_id)]
  const ids = byInvoice.map(([id]) => id)
  const sums = byInvoice.map(([, some]) =>
    some.reduce((total, { refund }) => total + refund.amount_minor, 0n),
  )
  tx.defer(takeFromInvoices(environmentId, ids, sums, tx.now))
  tx.defer(takeFromCustomers(environmentId, ids, sums))
  postEntries(
    tx,
    environmentId,
    back.map(({ refund }) => ({
      id: deps.ids.next(),
      documentKind: 'REFUND',
      documentId: refund.id,
      currency: refund.currency,
      at: tx.now,
      entries: paymentRefunded({
        provider: refund.provider,
        minor: refund.amount_minor,
        was: refund.credit_note_id === null ? wasOf(statusOf.get(refund.invoice_id)) : 'CREDIT',
      }),
    })),
  )
}

/** An invoice that is paid stays paid; of one that is not, the money that went back is owed again. */
function wasOf(status: InvoiceRow['status'] | undefined): 'OWED' | 'GIVEN_UP' | 'KEPT' {
  if (status === 'PENDING' || status === 'FAILED') return 'OWED'
  return status === 'UNCOLLECTIBLE' ? 'GIVEN_UP' : 'KEPT'
}

function report(deps: Deps, ended: readonly Ended[]): void {
  for (const { refund, recorded } of ended) {
    countAttempt('refund', refund.provider, recorded)
    if (recorded.failureCode !== 'amount_mismatch') continue
    deps.log.error({ refund: refund.reference }, 'a provider gave back another amount than was asked for')
  }
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}

import { canMoveInvoice } from '@novabilling/core/invoice'
import { invoiceVoided, paymentReceived, writtenOff } from '@novabilling/core/ledger'
import { type EventType, recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { returnAddOns } from '../add-ons/index.ts'
import { returnUses } from '../coupons/index.ts'
import { grantCredits, returnCredits } from '../credits/index.ts'
import { type LedgerTransaction, postEntries } from '../ledger/index.ts'
import { chargedBy } from './charged.ts'
import { activateGrants, returnToWallets } from '../wallets/index.ts'
import { presentInvoice } from './present.ts'
import {
  type InvoiceRow,
  addSpent,
  invoicesByIds,
  lockInvoicesByIds,
  saveInvoiceStates,
  withCreditNote,
} from './sql.ts'

/** Money that came in for an invoice. */
export type Settlement = {
  readonly invoiceId: string
  readonly paymentId: string
  readonly provider: string
  readonly amountMinor: bigint
  readonly at: Temporal.Instant
}

/** What became of it. `not_payable`: the invoice is void, paid, or no more; nothing was written. */
export type Settled = {
  readonly invoiceId: string
  readonly subscriptionId: string | null
  readonly outcome: 'paid' | 'partly' | 'not_payable'
}

/** The invoices, held against any other change until the transaction ends. In the order of their ids. */
export async function lockInvoices(
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
): Promise<InvoiceRow[]> {
  // Read by a statement of its own: lines that came with the lock would be those from before the wait for it.
  const [, rows] = await tx.queryAll([
    lockInvoicesByIds(environmentId, ids),
    invoicesByIds(environmentId, ids),
  ])
  return rows
}

/**
 * Books payments on their invoices: what is owed goes down, the last of it makes the invoice PAID, and what is too
 * much becomes the customer's credit. A void or a paid invoice takes nothing. The result has the order of the input.
 */
export async function settleInvoices(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  settlements: readonly Settlement[],
): Promise<Settled[]> {
  if (settlements.length === 0) return []
  const rows = new Map(
    (
      await lockInvoices(
        tx,
        environmentId,
        settlements.map(({ invoiceId }) => invoiceId),
      )
    ).map((row) => [row.id, row]),
  )
  const changed = new Set<InvoiceRow>()
  const movements: LedgerTransaction[] = []
  const spent: { customerId: string; currency: string; minor: bigint }[] = []
  const tooMuch: Parameters<typeof grantCredits>[2][number][] = []
  const results = settlements.map((settlement): Settled => {
    const { invoiceId, paymentId, provider, amountMinor, at } = settlement
    const row = rows.get(invoiceId)
    if (!row || !canMoveInvoice(row.status, 'PAID')) {
      return { invoiceId, subscriptionId: row?.subscription_id ?? null, outcome: 'not_payable' }
    }
    const owedMinor = row.total_minor - row.paid_minor - row.credited_minor
    const settledMinor = amountMinor < owedMinor ? amountMinor : owedMinor
    row.paid_minor += settledMinor
    row.updated_at = isoInstant(at)
    if (settledMinor === owedMinor) {
      row.status = 'PAID'
      row.paid_at = row.updated_at
    }
    changed.add(row)
    const { currency, customer_id: customerId } = row
    movements.push({
      id: paymentId,
      documentKind: 'PAYMENT',
      documentId: paymentId,
      currency,
      at,
      entries: paymentReceived({ provider, minor: amountMinor, owedMinor }),
    })
    spent.push({ customerId, currency, minor: settledMinor })
    tooMuch.push({
      environmentId,
      customerId,
      currency,
      source: 'PAYMENT',
      sourceId: paymentId,
      minor: amountMinor - settledMinor,
      at,
    })
    return {
      invoiceId,
      subscriptionId: row.subscription_id,
      outcome: row.status === 'PAID' ? 'paid' : 'partly',
    }
  })
  saveStates(tx, environmentId, [...changed])
  postEntries(tx, environmentId, movements)
  if (spent.length > 0) {
    tx.defer(
      addSpent(
        environmentId,
        spent.map(({ customerId }) => customerId),
        spent.map(({ currency }) => currency),
        spent.map(({ minor }) => minor),
      ),
    )
  }
  grantCredits(deps, tx, tooMuch)
  await activateGrants(
    deps,
    tx,
    environmentId,
    [...changed].flatMap(({ id, wallet_id, status, updated_at: at }) =>
      wallet_id !== null && status === 'PAID' ? [{ id, at }] : [],
    ),
  )
  announce(
    deps,
    tx,
    'invoice.paid',
    [...changed].filter(({ status }) => status === 'PAID'),
  )
  return results
}

/** Records that an attempt to collect failed: PENDING becomes FAILED. Others stay what they are. */
export async function failInvoices(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  failures: readonly { readonly invoiceId: string; readonly at: Temporal.Instant }[],
): Promise<void> {
  if (failures.length === 0) return
  const times = new Map(failures.map(({ invoiceId, at }) => [invoiceId, isoInstant(at)]))
  const rows = (await lockInvoices(tx, environmentId, [...times.keys()])).filter(({ status }) =>
    canMoveInvoice(status, 'FAILED'),
  )
  for (const row of rows) {
    row.status = 'FAILED'
    row.updated_at = times.get(row.id) ?? row.updated_at
  }
  saveStates(tx, environmentId, rows)
  announce(deps, tx, 'invoice.payment_failed', rows)
}

/**
 * Takes back invoices that await payment; what the customer's balance paid of them goes back there. Refuses one that is
 * paid, or paid in part, whose money is given back by a refund, and one with a credit note, of which the rest can be
 * credited. The caller has seen to it that no payment of them is under way.
 */
export async function voidInvoices(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
): Promise<InvoiceRow[]> {
  if (ids.length === 0) return []
  const rows = await lockInvoices(tx, environmentId, ids)
  if (rows.length < ids.length) throw new Refusal('invoice_not_found')
  const credited = new Set((await tx.query(withCreditNote(environmentId, ids))).map(({ id }) => id))
  if (
    rows.some((row) => !canMoveInvoice(row.status, 'VOID') || row.paid_minor > 0n || credited.has(row.id))
  ) {
    throw new Refusal('invoice_not_voidable')
  }
  const at = isoInstant(tx.now)
  const returned = await returnCredits(tx, environmentId, ids, at)
  const fromWallets = await returnToWallets(deps, tx, environmentId, rows, at)
  tx.defer(returnUses(environmentId, ids, at))
  tx.defer(returnAddOns(environmentId, ids, at))
  for (const row of rows) {
    row.status = 'VOID'
    row.credited_minor -= (returned.get(row.id) ?? 0n) + (fromWallets.get(row.id) ?? 0n)
    row.voided_at = at
    row.updated_at = at
  }
  saveStates(tx, environmentId, rows)
  postEntries(
    tx,
    environmentId,
    rows.map((row) => ({
      id: deps.ids.next(),
      documentKind: 'VOID',
      documentId: row.id,
      currency: row.currency,
      at,
      entries: invoiceVoided({
        ...chargedBy(row),
        paidMinor: returned.get(row.id) ?? 0n,
        walletMinor: fromWallets.get(row.id) ?? 0n,
      }),
    })),
  )
  announce(deps, tx, 'invoice.voided', rows)
  return rows
}

/**
 * Gives up what is still owed on invoices: they are UNCOLLECTIBLE for good, and the books carry the rest as bad debt.
 * Refuses one that does not await payment. The caller has seen to it that no payment of them is under way.
 */
export async function writeOffInvoices(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
): Promise<InvoiceRow[]> {
  if (ids.length === 0) return []
  const rows = await lockInvoices(tx, environmentId, ids)
  if (rows.length < ids.length) throw new Refusal('invoice_not_found')
  if (rows.some((row) => !canMoveInvoice(row.status, 'UNCOLLECTIBLE'))) throw new Refusal('invoice_not_open')
  if (rows.some((row) => row.wallet_id !== null))
    throw new Refusal(
      'invoice_not_open',
      'What tops a wallet up is not owed for anything yet: void it instead.',
    )
  const at = isoInstant(tx.now)
  for (const row of rows) {
    row.status = 'UNCOLLECTIBLE'
    row.updated_at = at
  }
  saveStates(tx, environmentId, rows)
  postEntries(
    tx,
    environmentId,
    rows.map((row) => ({
      id: deps.ids.next(),
      documentKind: 'WRITE_OFF',
      documentId: row.id,
      currency: row.currency,
      at,
      entries: writtenOff(row.total_minor - row.paid_minor - row.credited_minor),
    })),
  )
  announce(deps, tx, 'invoice.uncollectible', rows)
  return rows
}

/** Lowers what is owed on invoices, locked by the caller, by what was credited of them; the last of it makes one PAID. */
export function creditInvoices(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  credits: readonly { readonly row: InvoiceRow; readonly minor: bigint }[],
): void {
  const lowered = credits.filter(({ minor }) => minor !== 0n)
  const at = isoInstant(tx.now)
  for (const { row, minor } of lowered) {
    row.credited_minor += minor
    row.updated_at = at
    if (row.total_minor !== row.paid_minor + row.credited_minor) continue
    row.status = 'PAID'
    row.paid_at = at
  }
  const rows = lowered.map(({ row }) => row)
  saveStates(tx, environmentId, rows)
  announce(
    deps,
    tx,
    'invoice.paid',
    rows.filter(({ status }) => status === 'PAID'),
  )
}

function saveStates(tx: Tx, environmentId: string, rows: readonly InvoiceRow[]): void {
  if (rows.length === 0) return
  tx.defer(
    saveInvoiceStates(
      environmentId,
      rows.map((row) => row.id),
      rows.map((row) => row.status),
      rows.map((row) => row.paid_minor),
      rows.map((row) => row.credited_minor),
      rows.map((row) => row.paid_at),
      rows.map((row) => row.voided_at),
      rows.map((row) => row.updated_at),
    ),
  )
}

function announce(deps: Deps, tx: Tx, type: EventType, rows: readonly InvoiceRow[]): void {
  recordEvents(
    tx,
    deps,
    rows.map((row) => ({
      type,
      resourceId: row.id,
      resource: presentInvoice(deps, row),
      at: Temporal.Instant.from(row.updated_at),
    })),
  )
}

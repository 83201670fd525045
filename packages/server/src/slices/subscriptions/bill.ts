import { roundLines } from '@novabilling/core/invoice'
import { toMajor } from '@novabilling/core/money'
import { type DuePlan, planDue } from '@novabilling/core/subscription'
import { type EventType, type FactsAcross, recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Draft, type LineDerivation, issueInvoices } from '../invoices/index.ts'
import { intendPayments } from '../payments/index.ts'
import { isoMs, isoMsOrNull, msOrNull } from './instants.ts'
import { presentSubscription } from './present.ts'
import { type DueRow, countActive, saveSubscriptions } from './sql.ts'

/** At most so many periods of one subscription in one go; what is left stays due. */
export const mostPeriodsAtOnce = 400

/**
 * Bills subscriptions, locked by the caller, for everything due up to `until`: each period that begins gets its
 * invoice with its own dates, each end that comes takes effect at its instant, whenever this runs. The rows are
 * brought up to date in place. Over any number of environments it takes a fixed number of statements. What is too
 * much for one go stays due. `made`: the rows were made in this transaction, which is announced first. Gives how
 * many invoices were issued.
 */
export async function billDue(
  deps: Deps,
  tx: Tx,
  rows: readonly DueRow[],
  { until, made = false }: { until: Temporal.Instant; made?: boolean },
): Promise<number> {
  const untilMs = until.epochMilliseconds
  const facts: FactsAcross[] = []
  const drafts: Draft[] = []
  const billed: DueRow[] = []
  const changed: DueRow[] = []
  const ended: DueRow[] = []
  for (const row of rows) {
    let isChanged = false
    for (let count = 0; count < mostPeriodsAtOnce && row.due_at !== null; count++) {
      const dueAt = Date.parse(row.due_at)
      if (dueAt > untilMs) break
      const plan = planDue(dueOf(row, dueAt))
      if (plan.kind === 'bill') {
        drafts.push(draftOf(row, plan))
        billed.push(row)
      } else ended.push(row)
      const type = apply(row, plan)
      if (type) facts.push(factOf(row, type))
      isChanged = true
    }
    if (isChanged) changed.push(row)
  }
  if (made)
    recordEventsAcross(
      tx,
      deps,
      rows.map((row) => factOf(row, 'subscription.created')),
    )
  recordEventsAcross(tx, deps, facts)
  if (changed.length === 0) return 0

  saveAll(tx, changed)
  countEnded(tx, ended)
  const issued = await issueInvoices(deps, tx, drafts)
  await intendPayments(
    deps,
    tx,
    issued.flatMap(({ environmentId, row: invoice }, index) => {
      if (invoice.status === 'PAID') return []
      return [
        {
          environmentId,
          invoiceId: invoice.id,
          customerId: invoice.customer_id,
          paymentMethodId: billed[index]?.payment_method_id ?? null,
          currency: invoice.currency,
          amountMinor: invoice.total_minor - invoice.credited_minor,
          at: Temporal.Instant.from(invoice.created_at),
        },
      ]
    }),
  )
  return issued.length
}

function dueOf(row: DueRow, dueAt: number): Parameters<typeof planDue>[0] {
  return {
    status: row.status,
    schedule: {
      interval: row.billing_interval,
      intervalCount: row.interval_count,
      anchor: row.billing_anchor,
      zone: row.timezone,
      start: Date.parse(row.anchored_at),
    },
    periodIndex: row.period_index,
    dueAt,
    cancelAt: msOrNull(row.cancel_at),
    endsAt: msOrNull(row.ends_at),
  }
}

type Billing = Extract<DuePlan, { kind: 'bill' }>

function draftOf(row: DueRow, { at, period, share }: Billing): Draft {
  const { currency } = row
  const amount = {
    numerator: row.price_minor * BigInt(row.quantity) * share.numerator,
    denominator: share.denominator,
  }
  const { lineMinor, subtotalMinor } = roundLines([{ amount }])
  const from = isoMs(period.from)
  const to = isoMs(period.to)
  // Nobody is billed on a day before we knew of the subscription, however far back it starts.
  const issuedAtMs = Math.max(at, Date.parse(row.created_at))
  const isPart = share.numerator !== share.denominator
  return {
    environmentId: row.environment_id,
    kind: 'CYCLE',
    customerId: row.customer_id,
    subscriptionId: row.id,
    periodStart: from,
    periodEnd: to,
    currency,
    lines: [
      {
        type: 'PLAN',
        description: isPart ? `${row.plan_name} (part of a period)` : row.plan_name,
        quantity: String(row.quantity),
        unit: toMajor({ currency, minor: row.price_minor }),
        amountMinor: lineMinor[0] ?? 0n,
        from,
        to,
        derivation: derivationOf(row, period, share, amount),
      },
    ],
    totalMinor: subtotalMinor,
    billTo: {
      name: row.customer_name,
      email: row.customer_email,
      taxId: row.customer_tax_id,
      country: row.customer_country,
      address: row.customer_address,
      locale: row.customer_locale,
      timezone: row.customer_timezone,
    },
    terms:
      row.net_payment_terms === null || row.terms_from === null
        ? null
        : { days: row.net_payment_terms, from: row.terms_from },
    issuedAt: isoMs(issuedAtMs),
    issuedAtMs,
  }
}

function derivationOf(
  row: DueRow,
  period: Billing['period'],
  share: Billing['share'],
  exact: Billing['share'],
): LineDerivation {
  const unit =
    share.numerator === share.denominator
      ? 'PERIOD'
      : row.billing_interval === 'HOURLY' || row.billing_interval === 'DAILY'
        ? 'SECOND'
        : 'DAY'
  return {
    zone: row.timezone,
    unit,
    share,
    exact,
    wholeFrom: isoMs(period.wholeFrom),
    wholeTo: isoMs(period.wholeTo),
  }
}

/** Brings the row to the state after the plan, and says what is to be announced of it. */
function apply(row: DueRow, plan: DuePlan): EventType | undefined {
  const at = isoMs(Math.max(plan.at, Date.parse(row.created_at)))
  row.updated_at = at > row.updated_at ? at : row.updated_at
  if (plan.kind === 'end') {
    row.status = 'CANCELED'
    row.canceled_at = isoMs(plan.at)
    row.due_at = null
    return 'subscription.canceled'
  }
  const { period } = plan
  row.status = plan.status
  row.period_index = period.index
  row.current_period_start = isoMs(period.from)
  row.current_period_end = isoMs(period.to)
  row.due_at = isoMsOrNull(plan.nextDueAt)
  if (period.index > 0) return 'subscription.renewed'
  // A first period that begins with the subscription itself is told by its creation.
  return plan.activates || period.from > Date.parse(row.created_at) ? 'subscription.activated' : undefined
}

export function factOf(row: DueRow, type: EventType): FactsAcross {
  return {
    environmentId: row.environment_id,
    types: [type],
    resourceId: row.id,
    resource: presentSubscription(row),
    at: row.updated_at,
  }
}

export function saveAll(tx: Tx, rows: readonly DueRow[]): void {
  tx.defer(
    saveSubscriptions(
      rows.map((row) => row.environment_id),
      rows.map((row) => row.id),
      rows.map((row) => row.status),
      rows.map((row) => row.period_index),
      rows.map((row) => row.current_period_start),
      rows.map((row) => row.current_period_end),
      rows.map((row) => row.cancel_at),
      rows.map((row) => row.canceled_at),
      rows.map((row) => row.cancel_reason),
      rows.map((row) => row.due_at),
      rows.map((row) => row.updated_at),
    ),
  )
}

export function countEnded(tx: Tx, ended: readonly DueRow[]): void {
  if (ended.length === 0) return
  tx.defer(
    countActive(
      ended.map((row) => row.environment_id),
      ended.map((row) => row.customer_id),
      ended.map(() => -1),
    ),
  )
}

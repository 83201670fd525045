import { toMajorNumber } from '@novabilling/core/money'
import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { isoInstant } from '../../http/present.ts'
import type { PortalPrincipal } from '../../http/principals.ts'
import { publicId } from '../../ids.ts'
import { findCustomer, presentCustomer } from '../customers/index.ts'
import { listIssuedRows } from '../invoices/index.ts'
import { type PaymentMethod, listPaymentMethods, listPayments } from '../payments/index.ts'
import { findCompany } from './company.ts'
import { dayOf, dayOrNull, summaryOf } from './present.ts'
import type {
  InvoicesOfPortal,
  PaymentsOfPortal,
  PortalMethod,
  PortalPage,
  PortalPlan,
  PortalSubscription,
} from './schema.ts'
import { plansOfPortal, subscriptionsOfPortal, timeOf } from './sql.ts'

/** All that the first look at a customer's own pages shows. */
export async function readPortal(
  deps: Deps,
  reader: Reader,
  principal: PortalPrincipal,
): Promise<PortalPage> {
  const { environmentId, customerId } = principal
  const id = publicId('customer', customerId)
  const [row, { company, mayCancel, planCodes }, subscriptions, methods, invoices, payments] =
    await Promise.all([
      findCustomer(reader, environmentId, id),
      findCompany(reader, principal),
      subscriptionsOf(deps, reader, principal),
      listPaymentMethods(deps, reader, environmentId, { customerId: id, limit: 100 }),
      invoicesOf(deps, reader, principal, {}),
      paymentsOf(deps, reader, principal, {}),
    ])
  const { name, email, locale, currency, balance } = presentCustomer(row)
  return {
    company,
    customer: { name, email, currency, balance },
    locale,
    expiresAt: isoInstant(Temporal.Instant.fromEpochMilliseconds(principal.expiresAtMs)),
    mayCancel,
    subscriptions,
    plans: await plansFor(reader, environmentId, customerId, planCodes),
    methods: methods.data.map(presentMethod),
    invoices,
    payments,
  }
}

/** A page of what was issued to the customer; a draft is nothing to them yet. */
export async function invoicesOf(
  deps: Deps,
  reader: Reader,
  { tenantId, environmentId, customerId }: PortalPrincipal,
  query: { cursor?: string },
): Promise<InvoicesOfPortal> {
  const [time] = await reader.query(timeOf(environmentId, deps.clock.now()))
  const now = time?.now ?? isoInstant(deps.clock.now())
  const listed = await listIssuedRows(deps, reader, environmentId, {
    ...query,
    customerId: publicId('customer', customerId),
  })
  return {
    data: listed.data.map((row) => summaryOf(deps, row, { tenantId, now })),
    meta: listed.meta,
  }
}

export async function paymentsOf(
  deps: Deps,
  reader: Reader,
  { environmentId, customerId }: PortalPrincipal,
  query: { cursor?: string },
): Promise<PaymentsOfPortal> {
  const { timezone } = await findCustomer(reader, environmentId, publicId('customer', customerId))
  const { data, meta } = await listPayments(deps, reader, environmentId, {
    ...query,
    customerId: publicId('customer', customerId),
  })
  return {
    meta,
    data: data.map(({ id, amount, refundedAmount, currency, status, createdAt }) => ({
      id,
      amount,
      refundedAmount,
      currency,
      status,
      createdOn: dayOf(timezone, createdAt),
    })),
  }
}

async function subscriptionsOf(
  deps: Deps,
  reader: Reader,
  { environmentId, customerId }: PortalPrincipal,
): Promise<PortalSubscription[]> {
  const rows = await reader.query(subscriptionsOfPortal(environmentId, customerId, deps.clock.now()))
  return rows.map((row) => ({
    id: publicId('subscription', row.id),
    planId: publicId('plan', row.plan_id),
    planName: row.plan_name,
    status: row.status,
    currency: row.currency,
    quantity: row.quantity,
    unitAmount: toMajorNumber({ currency: row.currency, minor: row.amount_minor }),
    billingInterval: row.billing_interval,
    intervalCount: row.interval_count,
    currentPeriodEnd: dayOrNull(row.timezone, row.current_period_end),
    trialEnd: dayOrNull(row.timezone, row.trial_end),
    cancelAt: dayOrNull(row.timezone, row.cancel_at),
    pending:
      row.pending_name === null || row.pending_at === null
        ? null
        : { planName: row.pending_name, effectiveOn: dayOf(row.timezone, row.pending_at) },
  }))
}

/** The plans that a tenant lets its customers change to, by their codes, at the prices of a customer. */
export async function plansFor(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  customerId: string,
  codes: readonly string[],
): Promise<PortalPlan[]> {
  if (codes.length === 0) return []
  const rows = await reader.query(plansOfPortal(environmentId, codes, customerId))
  return rows.map((row) => ({
    id: publicId('plan', row.id),
    name: row.name,
    description: row.description,
    features: row.features,
    currency: row.currency,
    unitAmount: toMajorNumber({ currency: row.currency, minor: row.amount_minor }),
    billingInterval: row.billing_interval,
    intervalCount: row.interval_count,
  }))
}

function presentMethod({
  id,
  type,
  brand,
  last4,
  expMonth,
  expYear,
  isDefault,
}: PaymentMethod): PortalMethod {
  return { id, type, brand, last4, expMonth, expYear, isDefault }
}

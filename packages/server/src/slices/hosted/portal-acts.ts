import type { Deps } from '../../deps.ts'
import { type Tx, reader } from '../../db/transaction.ts'
import type { PortalPrincipal } from '../../http/principals.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { payInvoice } from '../collection/index.ts'
import { findInvoice } from '../invoices/index.ts'
import { findPaymentMethod, removePaymentMethod, setDefaultMethod } from '../payments/index.ts'
import {
  cancelSubscription,
  changePlan,
  findSubscription,
  previewSubscription,
  uncancelSubscription,
} from '../subscriptions/index.ts'
import { findCompany } from './company.ts'
import { plansFor } from './portal-page.ts'
import { dayOrNull } from './present.ts'
import type { PayWith, PortalPreview } from './schema.ts'

type Reads = Parameters<typeof findSubscription>[0]

/** Ends a subscription with what has been paid, where the tenant lets its customers. */
export async function cancelInPortal(
  deps: Deps,
  tx: Tx,
  principal: PortalPrincipal,
  id: string,
): Promise<void> {
  await refuseCancel(tx, principal, id)
  await cancelSubscription(deps, tx, principal.environmentId, id, { cancelAt: 'period_end' })
}

export async function uncancelInPortal(
  deps: Deps,
  tx: Tx,
  principal: PortalPrincipal,
  id: string,
): Promise<void> {
  await refuseCancel(tx, principal, id)
  await uncancelSubscription(deps, tx, principal.environmentId, id)
}

/** Changes to one of the plans that the tenant offers here: an upgrade now, what costs less at the period's end. */
export async function changeInPortal(
  deps: Deps,
  tx: Tx,
  principal: PortalPrincipal,
  id: string,
  planId: string,
): Promise<void> {
  await refuseChange(tx, principal, id, planId)
  await changePlan(deps, tx, principal.environmentId, id, { newPlanId: planId })
}

/** What a change or, without a plan, a cancellation would come to. */
export async function previewInPortal(
  deps: Deps,
  principal: PortalPrincipal,
  id: string,
  planId: string | undefined,
): Promise<PortalPreview> {
  const own = reader(deps.db, principal)
  if (planId === undefined) await refuseCancel(own, principal, id)
  else await refuseChange(own, principal, id, planId)
  const { timezone } = await findSubscription(own, principal.environmentId, id)
  const { subscription, invoices, creditNotes, balance } = await previewSubscription(
    deps,
    principal,
    id,
    planId === undefined ? { cancel: { cancelAt: 'period_end' } } : { changePlan: { newPlanId: planId } },
  )
  const { currency, cancelAt, pendingChange } = subscription
  return {
    subscription: {
      cancelAt: dayOrNull(timezone, cancelAt),
      effectiveOn: dayOrNull(timezone, pendingChange?.effectiveAt ?? null),
    },
    currency,
    invoices: invoices.map(({ total, amountDue }) => ({ total, amountDue })),
    creditNotes: creditNotes.map(({ total }) => ({ total })),
    balance,
  }
}

/** Tries to collect an invoice with a method that the customer has saved. */
export async function payInPortal(
  deps: Deps,
  tx: Tx,
  principal: PortalPrincipal,
  invoiceId: string,
  input: PayWith,
): Promise<void> {
  const { environmentId, customerId } = principal
  const invoice = await findInvoice(tx, environmentId, invoiceId)
  if (invoice.customer_id !== customerId) throw new Refusal('invoice_not_found')
  await payInvoice(deps, tx, environmentId, publicId('invoice', invoice.id), input)
}

export async function preferMethod(tx: Tx, principal: PortalPrincipal, id: string): Promise<void> {
  await refuseMethod(tx, principal, id)
  await setDefaultMethod(tx, principal.environmentId, id, true)
}

export async function removeMethod(tx: Tx, principal: PortalPrincipal, id: string): Promise<void> {
  await refuseMethod(tx, principal, id)
  await removePaymentMethod(tx, principal.environmentId, id)
}

async function refuseMethod(tx: Tx, { environmentId, customerId }: PortalPrincipal, id: string) {
  const method = await findPaymentMethod(tx, environmentId, id)
  if (method.customer_id !== customerId) throw new Refusal('payment_method_not_found')
}

async function refuseCancel(reads: Reads, principal: PortalPrincipal, id: string): Promise<void> {
  await refuseSubscription(reads, principal, id)
  const { mayCancel } = await findCompany(reads, principal)
  if (!mayCancel) throw new Refusal('portal_action_off')
}

async function refuseChange(
  reads: Reads,
  principal: PortalPrincipal,
  id: string,
  planId: string,
): Promise<void> {
  const { currency } = await refuseSubscription(reads, principal, id)
  const { planCodes } = await findCompany(reads, principal)
  const plans = await plansFor(reads, principal.environmentId, principal.customerId, planCodes)
  if (!plans.some((plan) => plan.id === planId && plan.currency === currency))
    throw new Refusal('portal_action_off')
}

/** Another customer's subscription is none. */
async function refuseSubscription(reads: Reads, { environmentId, customerId }: PortalPrincipal, id: string) {
  const row = await findSubscription(reads, environmentId, id)
  if (row.customer_id !== customerId) throw new Refusal('subscription_not_found')
  return row
}

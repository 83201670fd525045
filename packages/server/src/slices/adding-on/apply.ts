import { toMajor } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { MoneyReader, tooMuchMinor } from '../../http/money-input.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import {
  type AppliedAddOn,
  type AppliedRow,
  type ApplyAddOn,
  findAddOn,
  insertApplied,
  lockApplied,
  presentApplied,
  removeApplied,
} from '../add-ons/index.ts'
import { findCustomer, lockCustomer } from '../customers/index.ts'
import { createInvoice } from '../drafts/index.ts'
import { findSubscription } from '../subscriptions/index.ts'

/**
 * Charges a customer for an add-on, at its price of this moment or another: on the next invoice of a subscription, or
 * at once by an invoice of its own, or on the invoice of every period. Refuses a currency that it has no price in, and an archived customer.
 */
export async function applyAddOn(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: ApplyAddOn,
): Promise<AppliedAddOn> {
  const addOn = await findAddOn(tx, environmentId, input.addOnId)
  const found = await findCustomer(tx, environmentId, input.customerId)
  const subscription =
    input.subscriptionId === undefined
      ? null
      : await findSubscription(tx, environmentId, input.subscriptionId)
  if (subscription && subscription.customer_id !== found.id) throw new Refusal('subscription_not_found')
  if (subscription?.status === 'CANCELED') throw new Refusal('subscription_already_canceled')
  const [customer] = await tx.query(lockCustomer(environmentId, found.id))
  if (!customer || customer.status === 'ARCHIVED') throw new Refusal('customer_archived')

  const recurring = input.recurring ?? false
  if (recurring && (!subscription || input.invoiceNow))
    throw invalid({ path: 'recurring', message: 'needs a subscriptionId, and no invoiceNow' })
  const currency = input.currency ?? subscription?.currency ?? customer.currency
  if (subscription && subscription.currency !== currency && !input.invoiceNow)
    throw invalid({ path: 'currency', message: `must be ${subscription.currency}, as the subscription is` })
  const price = addOn.prices.find((one) => one.currency === currency)
  if (input.amount === undefined && !price) throw new Refusal('add_on_has_no_price')
  const quantity = input.quantity ?? 1
  const unitMinor = amountOf(currency, input.amount) ?? BigInt(price?.minor ?? 0)
  if (unitMinor * BigInt(quantity) >= tooMuchMinor)
    throw invalid({ path: 'quantity', message: 'makes an amount of more than 15 digits' })

  const row: AppliedRow = {
    id: deps.ids.next(),
    add_on_id: addOn.id,
    customer_id: customer.id,
    subscription_id: subscription?.id ?? null,
    description: addOn.name,
    quantity,
    unit_minor: unitMinor,
    currency,
    invoice_now: input.invoiceNow ?? false,
    invoice_id: null,
    removed_at: null,
    recurring,
    recurring_id: null,
    created_at: isoInstant(tx.now),
  }
  if (row.invoice_now) {
    const { subscriptionId } = input
    const invoice = await createInvoice(
      deps,
      tx,
      environmentId,
      {
        customerId: publicId('customer', customer.id),
        ...(subscriptionId === undefined ? {} : { subscriptionId }),
        currency,
        items: [{ description: addOn.name, quantity, unitAmount: toMajor({ currency, minor: unitMinor }) }],
        autoFinalize: true,
      },
      { lineType: 'ADD_ON' },
    )
    row.invoice_id = parseId('invoice', invoice.id) ?? null
  }
  tx.defer(
    insertApplied(
      environmentId,
      row.id,
      row.add_on_id,
      row.customer_id,
      row.subscription_id,
      row.description,
      row.quantity,
      row.unit_minor,
      row.currency,
      row.invoice_now,
      row.invoice_id,
      row.created_at,
      row.recurring,
    ),
  )
  return presentApplied(row)
}

/** Takes an add-on off the next invoice, a recurring one off all that follow. Refuses one that has been invoiced. */
export async function unapplyAddOn(tx: Tx, environmentId: string, id: string): Promise<void> {
  const stored = parseId('appliedAddOn', id)
  const [row] = stored === undefined ? [] : await tx.query(lockApplied(environmentId, stored))
  if (!row || row.removed_at !== null) throw new Refusal('applied_add_on_not_found')
  if (row.invoice_id !== null) throw new Refusal('add_on_invoiced')
  tx.defer(removeApplied(environmentId, row.id, tx.now))
}

function amountOf(currency: string, amount: number | string | undefined): bigint | undefined {
  if (amount === undefined) return undefined
  const money = new MoneyReader()
  const minor = money.read('amount', currency, amount)
  if (money.faults.length > 0) throw invalid(...money.faults)
  return minor
}

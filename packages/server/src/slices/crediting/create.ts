import {
  type CreditAmounts,
  type Creditable,
  creditLeft,
  creditLines,
  creditTotal,
} from '@novabilling/core/credit'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import {
  type CreateCreditNote,
  type CreditNote,
  creditableInvoices,
  issueCreditNotes,
  presentCreditNote,
} from '../credit-notes/index.ts'
import { type InvoiceRow, findInvoice, lockInvoices } from '../invoices/index.ts'
import { lockSubscriptions, reactivate } from '../subscriptions/index.ts'

/**
 * Credits an issued invoice: amounts of its lines, or a total of all of them in proportion. It is finalized at once.
 * A subscription that was only PAST_DUE for the invoice is ACTIVE again when nothing is owed on it any more. Refuses
 * more than is left of the invoice or of a line.
 */
export async function createCreditNote(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateCreditNote,
): Promise<CreditNote> {
  if ((input.items === undefined) === (input.amount === undefined))
    throw invalid({ path: 'amount', message: 'or items must be given, and not both' })
  const found = await findInvoice(tx, environmentId, input.invoiceId)
  const wanted = read(found, input)
  const subscriptionIds = found.subscription_id === null ? [] : [found.subscription_id]
  await lockSubscriptions(tx, environmentId, subscriptionIds)
  const locked = await lockInvoices(tx, environmentId, [found.id])
  const [invoice] = await creditableInvoices(tx, environmentId, locked)
  if (!invoice) throw new Refusal('invoice_not_found')
  if (!['PENDING', 'FAILED', 'PAID'].includes(invoice.row.status)) throw new Refusal('invoice_not_creditable')
  if (invoice.row.wallet_id !== null)
    throw new Refusal(
      'invoice_not_creditable',
      'What tops a wallet up is not credited: void its credits instead.',
    )

  const amounts = amountsOf(invoice.creditable, wanted)
  if (amounts.totalMinor > invoice.leftMinor) throw new Refusal('credit_exceeds_invoice')
  const [note] = await issueCreditNotes(deps, tx, environmentId, [
    {
      invoice,
      amounts,
      basis: 'totalMinor' in wanted ? 'TOTAL' : 'LINES',
      reason: input.reason,
      refund: input.refund ?? false,
    },
  ])
  if (!note) throw invalid({ path: 'items', message: 'come to nothing after their discounts' })
  if (invoice.row.status === 'PAID') await reactivate(deps, tx, environmentId, subscriptionIds, tx.now)
  return presentCreditNote(note)
}

type Wanted = { readonly totalMinor: bigint } | { readonly lineMinor: readonly bigint[] }

/** The amounts that are asked for, in minor units; all faults at once. */
function read(invoice: InvoiceRow, { items, amount }: CreateCreditNote): Wanted {
  const money = new MoneyReader()
  const above0 = (path: string, value: number | string): bigint => {
    const before = money.faults.length
    const minor = money.read(path, invoice.currency, value)
    if (minor <= 0n && money.faults.length === before)
      money.faults.push({ path, message: 'must be more than 0' })
    return minor
  }
  const lineMinor = invoice.lines.map(() => 0n)
  const totalMinor = amount === undefined ? undefined : above0('amount', amount)
  const seen = new Set<string>()
  for (const [index, item] of (items ?? []).entries()) {
    const minor = above0(`items[${index}].amount`, item.amount)
    const place = invoice.lines.findIndex(({ id }) => publicId('invoiceLine', id) === item.lineId)
    const path = `items[${index}].lineId`
    if (place === -1) money.faults.push({ path, message: 'is no line of this invoice' })
    else if (seen.has(item.lineId)) money.faults.push({ path, message: 'is there twice' })
    else lineMinor[place] = minor
    seen.add(item.lineId)
  }
  if (money.faults.length > 0) throw invalid(...money.faults)
  return totalMinor === undefined ? { lineMinor } : { totalMinor }
}

function amountsOf(creditable: Creditable, wanted: Wanted): CreditAmounts {
  if ('totalMinor' in wanted) {
    if (wanted.totalMinor > creditLeft(creditable)) throw new Refusal('credit_exceeds_invoice')
    return creditTotal(creditable, wanted.totalMinor)
  }
  const isTooMuch = creditable.lines.some(
    ({ leftMinor }, index) => (wanted.lineMinor[index] ?? 0n) > leftMinor,
  )
  if (isTooMuch) throw new Refusal('credit_exceeds_invoice')
  return creditLines(creditable, wanted.lineMinor)
}

import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { hostedUrl } from '../../http/hosted-links.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type Started, payInSandbox } from '../providers/index.ts'
import { findSession } from './find.ts'
import { type SessionRow, askSoon } from './sql.ts'

/** What a phone does by its last digit; any other pays. */
const byLastDigit: Readonly<Record<string, string>> = {
  '1': 'sandbox_declined',
  '2': 'sandbox_insufficient_funds',
}

/**
 * The sandbox's page is one of ours, behind the invoice's own link; a phone answers by itself, by its last digit: 1
 * declines, 2 has not enough, any other pays.
 */
export async function startInSandbox(
  deps: Deps,
  where: { readonly tenantId: string; readonly environmentId: string },
  row: SessionRow,
): Promise<Started> {
  const { environmentId } = where
  if (row.phone !== null) {
    const token = byLastDigit[row.phone.slice(-1)] ?? 'sandbox_succeeds'
    await payInSandbox(deps, requestOf(deps, where, row), token)
    return { status: 'started', url: null, handle: row.reference }
  }
  const page = hostedUrl(deps, 'pay', { environmentId, id: row.invoice_id })
  return {
    status: 'started',
    url: `${page}?sandbox=${publicId('checkout', row.id)}`,
    handle: row.reference,
  }
}

/** What somebody chose on it. Gives where the browser goes; what was chosen first counts. */
export async function chooseInSandbox(
  deps: Deps,
  tx: Tx,
  where: { readonly tenantId: string; readonly environmentId: string; readonly invoiceId: string },
  input: { readonly checkoutId: string; readonly outcome: string },
): Promise<string> {
  const row = await findSession(tx, where.environmentId, input.checkoutId)
  if (row.invoice_id !== where.invoiceId || row.provider !== 'SANDBOX' || row.phone !== null)
    throw new Refusal('checkout_not_found')
  if (input.outcome === 'CANCEL') return row.cancel_url
  await payInSandbox(deps, requestOf(deps, where, row), input.outcome)
  tx.defer(askSoon(where.environmentId, row.id, deps.clock.now()))
  tx.afterCommit(() => deps.bells.ring('checkout'))
  return row.success_url
}

function requestOf(
  deps: Deps,
  scope: { readonly tenantId: string; readonly environmentId: string },
  row: SessionRow,
) {
  return {
    scope,
    account: null,
    reference: row.reference,
    handle: null,
    amountMinor: row.amount_minor,
    currency: row.currency,
    at: deps.clock.now(),
    calledAt: null,
  }
}

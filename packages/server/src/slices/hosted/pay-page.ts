import type { Deps } from '../../deps.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { hostedUrl } from '../../http/hosted-links.ts'
import { isoInstant } from '../../http/present.ts'
import type { PayPrincipal } from '../../http/principals.ts'
import { publicId } from '../../ids.ts'
import {
  type CheckoutSession,
  type SessionRow,
  askSoon,
  beginCheckout,
  finishCheckout,
  newestSession,
  waysToPay,
} from '../checkout/index.ts'
import { dueOf } from '../collection/index.ts'
import { findInvoice } from '../invoices/index.ts'
import { findCompany } from './company.ts'
import { hostedInvoice } from './present.ts'
import type { HostedCheckout, PayPage, StartHostedCheckout } from './schema.ts'
import { chargesUnderWay, timeOf } from './sql.ts'

/** An invoice, the ways to pay it, and what became of the last try. */
export async function readPayPage(deps: Deps, reader: Reader, principal: PayPrincipal): Promise<PayPage> {
  const { environmentId, invoiceId, customerId, tenantId } = principal
  const [row, { company }, [session], open, [time]] = await Promise.all([
    findInvoice(reader, environmentId, publicId('invoice', invoiceId)),
    findCompany(reader, principal),
    reader.query(newestSession(environmentId, invoiceId)),
    reader.query(chargesUnderWay(environmentId, invoiceId)),
    reader.query(timeOf(environmentId, deps.clock.now())),
  ])
  const { currency } = row
  const isOpen = row.status === 'PENDING' || row.status === 'FAILED'
  const money = { customerId, currency, amountMinor: dueOf(row) }
  return {
    company,
    locale: row.bill_to.locale,
    invoice: hostedInvoice(deps, row, { tenantId, now: time?.now ?? isoInstant(deps.clock.now()) }),
    ways: isOpen ? await waysToPay(reader, environmentId, money) : [],
    isBeingPaid: isOpen && open.length > 0,
    checkout: session ? presentCheckout(session) : null,
  }
}

/** Begins a payment of all that is due. The browser comes back to the same page. */
export function beginHosted(
  deps: Deps,
  tx: Tx,
  { environmentId, invoiceId }: PayPrincipal,
  input: StartHostedCheckout,
): Promise<string> {
  const page = hostedUrl(deps, 'pay', { environmentId, id: invoiceId })
  return beginCheckout(deps, tx, environmentId, publicId('invoice', invoiceId), {
    ...input,
    successUrl: `${page}?back=done`,
    cancelUrl: `${page}?back=canceled`,
  })
}

export async function finishHosted(deps: Deps, principal: PayPrincipal, id: string): Promise<HostedCheckout> {
  return hostedCheckout(await finishCheckout(deps, principal, id))
}

/** Who waits before the page has its provider asked soon. */
export async function askNow(deps: Deps, tx: Tx, principal: PayPrincipal): Promise<void> {
  const { environmentId, invoiceId } = principal
  const [session] = await tx.query(newestSession(environmentId, invoiceId))
  if (session?.status !== 'OPEN') return
  tx.defer(askSoon(environmentId, session.id, deps.clock.now()))
  tx.afterCommit(() => deps.bells.ring('checkout'))
}

function presentCheckout(row: SessionRow): HostedCheckout {
  return {
    id: publicId('checkout', row.id),
    status: row.status,
    providerName: row.provider,
    url: row.status === 'OPEN' ? row.url : null,
    isOnPhone: row.phone !== null && row.url === null,
    failureCode: row.failure_code,
  }
}

function hostedCheckout({ id, status, providerName, url, failureCode }: CheckoutSession): HostedCheckout {
  return { id, status, providerName, url, isOnPhone: url === null, failureCode }
}

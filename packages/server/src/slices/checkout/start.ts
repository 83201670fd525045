import type { Deps } from '../../deps.ts'
import { type Tx, reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { dueOf, lockPayableInvoice } from '../collection/index.ts'
import { type CustomerRow, findCustomer } from '../customers/index.ts'
import { findInvoice } from '../invoices/index.ts'
import { leaseMs } from '../payments/index.ts'
import { type Started, openAccount, outcomeOf, providerNamed } from '../providers/index.ts'
import { type Candidate, candidates } from './candidates.ts'
import { sessionOf } from './find.ts'
import { presentSession } from './present.ts'
import { startInSandbox } from './sandbox.ts'
import type { CheckoutSession, StartCheckout } from './schema.ts'
import {
  type Attempt,
  type SessionRow,
  aimSession,
  insertSession,
  openSession,
  savePage,
  saveSession,
  supersede,
  takeTurn,
} from './sql.ts'

type Where = { readonly tenantId: string; readonly environmentId: string; readonly isTest: boolean }

const lastsHours = 24
/** A page that ends within this is not handed out again. */
const freshMinutes = 10
const firstAskSeconds = 30

/**
 * Writes down that an invoice shall be paid on a provider's page: all that is due. There is one page at a time: the
 * same is handed out again while the amount is the same.
 */
export async function beginCheckout(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  invoiceId: string,
  input: StartCheckout,
): Promise<string> {
  const invoice = await lockPayableInvoice(tx, environmentId, invoiceId)
  const amountMinor = dueOf(invoice)
  const now = deps.clock.now()
  const [open] = await tx.query(openSession(environmentId, invoice.id))
  if (open && isAsGood(open, { amountMinor, input, now })) return open.id
  const accounts = await candidates(tx, environmentId, {
    customerId: invoice.customer_id,
    currency: invoice.currency,
    amountMinor,
    only: input.providerName,
    phone: input.phone ?? null,
  })
  const [first] = accounts
  if (!first) throw new Refusal('provider_not_configured')

  if (open) tx.defer(supersede(environmentId, open.id, now))
  const id = deps.ids.next()
  tx.defer(
    insertSession(
      environmentId,
      id,
      invoice.id,
      invoice.customer_id,
      first.provider,
      first.id,
      publicId('checkout', id),
      amountMinor,
      invoice.currency,
      input.successUrl,
      input.cancelUrl ?? input.successUrl,
      input.phone ?? null,
      input.savePaymentMethod ?? true,
      now.add({ hours: lastsHours }),
      now.add({ seconds: firstAskSeconds }),
      now,
    ),
  )
  return id
}

/** The same for an invoice of one customer: any other customer's is none. */
export async function beginCheckoutOf(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  { customerId, invoiceId, input }: { customerId: string; invoiceId: string; input: StartCheckout },
): Promise<string> {
  const invoice = await findInvoice(tx, environmentId, invoiceId)
  if (invoice.customer_id !== customerId) throw new Refusal('invoice_not_found')
  return beginCheckout(deps, tx, environmentId, invoiceId, input)
}

/**
 * Asks the providers for a page, in the order of their priority, until one gives it. One that gave none cannot be paid
 * by anybody: its page was never shown.
 */
export async function finishCheckout(deps: Deps, principal: Where, id: string): Promise<CheckoutSession> {
  const { environmentId } = principal
  const scoped = reader(deps.db, principal)
  const [row] = await scoped.query(takeTurn(environmentId, id, deps.clock.now(), leaseFrom(deps)))
  if (!row) return presentBegun(await sessionOf(scoped, environmentId, id))

  const customer = await findCustomer(scoped, environmentId, publicId('customer', row.customer_id))
  const accounts = await candidates(scoped, environmentId, {
    customerId: row.customer_id,
    currency: row.currency,
    amountMinor: row.amount_minor,
    only: row.provider === 'SANDBOX' ? 'SANDBOX' : undefined,
    phone: row.phone,
  })
  const attempts: Attempt[] = []
  // The one that was chosen at the beginning, then the others.
  const order = [
    ...accounts.filter((account) => account.id === row.provider_id),
    ...accounts.filter((account) => account.id !== row.provider_id),
  ]
  for (const [index, account] of order.entries()) {
    const reference = index === 0 ? row.reference : `${row.reference}_${index + 1}`
    const [aimed] = await scoped.query(
      aimSession(
        environmentId,
        id,
        account.provider,
        account.id,
        reference,
        JSON.stringify(attempts),
        deps.clock.now(),
        leaseFrom(deps),
      ),
    )
    // Another one has taken its place meanwhile.
    if (!aimed) throw new Refusal('busy')
    const what = { provider: account.provider, reference }
    const target = { ...row, provider: account.provider, provider_id: account.id, reference }
    const started = await outcomeOf(deps, () => startAt(deps, principal, account, target, customer), what)
    if (started.status === 'started') {
      await scoped.query(savePage(environmentId, id, started.url, started.handle, deps.clock.now()))
      return presentSession(await sessionOf(scoped, environmentId, id))
    }
    const reason = started.status === 'unknown' ? 'It did not answer.' : started.reason
    attempts.push({ providerName: account.provider, reference, reason })
  }
  const failure = attempts.at(-1)?.reason ?? 'There is no active account any more.'
  await scoped.query(
    saveSession(
      environmentId,
      id,
      'FAILED',
      'provider_unavailable',
      failure,
      null,
      null,
      JSON.stringify(attempts),
      deps.clock.now(),
    ),
  )
  throw new Refusal('checkout_unavailable')
}

function leaseFrom({ clock }: Deps): Temporal.Instant {
  return clock.now().add({ milliseconds: leaseMs })
}

/** What there is of a session for which providers have been asked, or are being asked just now. */
function presentBegun(row: SessionRow): CheckoutSession {
  if (row.status === 'FAILED') throw new Refusal('checkout_unavailable')
  if (row.status === 'OPEN' && row.url === null && row.provider_handle === null)
    throw new Refusal('idempotency_key_in_use')
  return presentSession(row)
}

async function startAt(
  deps: Deps,
  where: Where,
  account: Candidate,
  row: SessionRow,
  { email, name, country }: CustomerRow,
): Promise<Started> {
  if (account.id === null) return startInSandbox(deps, where, row)
  const { tenantId, environmentId, isTest } = where
  const start = providerNamed(account.provider).account?.startCheckout
  if (!start) throw new Error(`${account.provider} gives no page`)
  return start(deps, {
    scope: { tenantId, environmentId },
    account: openAccount(deps, { ...account, environmentId, isTest }),
    reference: row.reference,
    amountMinor: row.amount_minor,
    currency: row.currency,
    at: deps.clock.now(),
    payer: { email, name, country, phone: row.phone },
    description: publicId('invoice', row.invoice_id),
    successUrl: row.success_url,
    cancelUrl: row.cancel_url,
    expiresAt: row.expires_at,
    keepMethod: row.keep_method,
  })
}

function isAsGood(
  open: SessionRow,
  wanted: { amountMinor: bigint; input: StartCheckout; now: Temporal.Instant },
): boolean {
  const { amountMinor, input, now } = wanted
  const lasts = Temporal.Instant.compare(open.expires_at, now.add({ minutes: freshMinutes })) > 0
  const isSame =
    open.amount_minor === amountMinor &&
    open.success_url === input.successUrl &&
    open.phone === (input.phone ?? null)
  // A prompt on a phone is over after a minute: asking again sends another.
  return (
    lasts &&
    isSame &&
    open.url !== null &&
    (input.providerName === undefined || input.providerName === open.provider)
  )
}

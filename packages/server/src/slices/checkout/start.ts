import type { Deps } from '../../deps.ts'
import { type Reader, type Tx, reader } from '../../db/transaction.ts'
import type { DataPrincipal } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { dueOf, lockPayableInvoice } from '../collection/index.ts'
import { findCustomer } from '../customers/index.ts'
import { accountsFor, openAccount, outcomeOf, providerNamed } from '../providers/index.ts'
import { presentSession } from './present.ts'
import type { CheckoutSession, StartCheckout } from './schema.ts'
import {
  type Attempt,
  type SessionRow,
  aimSession,
  insertSession,
  openSession,
  savePage,
  saveSession,
  sessionById,
  supersede,
} from './sql.ts'

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

/**
 * Asks the providers for a page, in the order of their priority, until one gives it. One that gave none cannot be paid
 * by anybody: its page was never shown.
 */
export async function finishCheckout(
  deps: Deps,
  principal: DataPrincipal,
  id: string,
): Promise<CheckoutSession> {
  const { environmentId, isTest } = principal
  const scoped = reader(deps.db, principal)
  const row = await sessionOf(scoped, environmentId, id)
  if (row.status === 'FAILED') throw new Refusal('checkout_unavailable')
  if (row.url !== null || row.provider_handle !== null || row.status !== 'OPEN') return presentSession(row)

  const customer = await findCustomer(scoped, environmentId, publicId('customer', row.customer_id))
  const accounts = await candidates(scoped, environmentId, {
    customerId: row.customer_id,
    currency: row.currency,
    amountMinor: row.amount_minor,
    only: undefined,
    phone: row.phone,
  })
  const attempts: Attempt[] = []
  // The one that was chosen at the beginning, then the others.
  const order = [
    ...accounts.filter((account) => account.id === row.provider_id),
    ...accounts.filter((account) => account.id !== row.provider_id),
  ]
  for (const [index, account] of order.entries()) {
    const kind = providerNamed(account.provider).account
    if (!kind?.startCheckout) continue
    const start = kind.startCheckout
    const reference = index === 0 ? row.reference : `${row.reference}_${index + 1}`
    await scoped.query(
      aimSession(
        environmentId,
        id,
        account.provider,
        account.id,
        reference,
        JSON.stringify(attempts),
        deps.clock.now(),
      ),
    )
    const request = {
      scope: { tenantId: principal.tenantId, environmentId },
      account: openAccount(deps, { ...account, environmentId, isTest }),
      reference,
      amountMinor: row.amount_minor,
      currency: row.currency,
      at: deps.clock.now(),
      payer: { email: customer.email, name: customer.name, country: customer.country, phone: row.phone },
      description: publicId('invoice', row.invoice_id),
      successUrl: row.success_url,
      cancelUrl: row.cancel_url,
      expiresAt: row.expires_at,
      keepMethod: row.keep_method,
    }
    const what = { provider: account.provider, reference }
    const started = await outcomeOf(deps, () => start(deps, request), what)
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

/** A session by its public id. @throws Refusal checkout_not_found */
export async function findSession(scoped: Reader, environmentId: string, id: string): Promise<SessionRow> {
  const uuid = parseId('checkout', id)
  const [row] = uuid === undefined ? [] : await scoped.query(sessionById(environmentId, uuid))
  if (!row) throw new Refusal('checkout_not_found')
  return row
}

async function sessionOf(scoped: Reader, environmentId: string, id: string): Promise<SessionRow> {
  const [row] = await scoped.query(sessionById(environmentId, id))
  if (!row) throw new Error('a checkout session vanished')
  return row
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

async function candidates(
  scoped: Pick<Reader, 'query'>,
  environmentId: string,
  wanted: {
    customerId: string
    currency: string
    amountMinor: bigint
    only: string | undefined
    phone: string | null
  },
) {
  const { currency, amountMinor, only, phone } = wanted
  const { country } = await findCustomer(scoped, environmentId, publicId('customer', wanted.customerId))
  const accounts = await accountsFor(scoped, environmentId, { country, currency, amountMinor })
  return accounts.filter(({ provider }) => {
    const kind = providerNamed(provider).account
    if (!kind?.startCheckout || (only !== undefined && provider !== only)) return false
    return !kind.needsPhone || phone !== null
  })
}

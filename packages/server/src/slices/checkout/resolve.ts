import type { Deps } from '../../deps.ts'
import { transaction } from '../../db/transaction.ts'
import { bookConfirmed, lockInvoiceOf } from '../collection/index.ts'
import { publicId } from '../../ids.ts'
import { countAttempt, inLanes, keepMethod, leaseMs } from '../payments/index.ts'
import { type Found, openAccountOf, outcomeOf, providerNamed } from '../providers/index.ts'
import { type ClaimedSession, type SessionRow, claimSessions, lockSession, saveSession } from './sql.ts'

const claimedAtOnce = 100
const lanes = 8
/** After its end a page may still be confirmed for a while. */
const afterEndMinutes = 30
/** As long again as it is old, within these: who waits before the page may ask as often as they like in between. */
const askAgainSeconds = { least: 30, most: 3600 }

/** The loop that asks how checkouts ended. */
export const checkoutLoop = { name: 'checkout', tick: resolveSessions, restMs: 1000 }

async function resolveSessions(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  const claimed = await deps.workerDb.query(claimSessions(now, lease, claimedAtOnce))
  await inLanes(claimed, lanes, async (session) => {
    try {
      await conclude(deps, session, await ask(deps, session))
    } catch (error) {
      deps.log.error(
        { err: error, checkout: session.reference },
        'the outcome of a checkout is written later',
      )
    }
  })
  return claimed.length > 0
}

async function ask(deps: Deps, session: ClaimedSession): Promise<Found> {
  const provider = providerNamed(session.provider)
  const { environment_id: environmentId, tenant_id: tenantId } = session
  const request = {
    scope: { tenantId, environmentId },
    account: openAccountOf(deps, session),
    reference: session.reference,
    handle: session.provider_handle,
    amountMinor: session.amount_minor,
    currency: session.currency,
    at: session.clock_now ?? deps.clock.now(),
    calledAt: session.created_at,
    token: null,
    payerEmail: session.payer_email,
  }
  return outcomeOf(deps, () => provider.queryCharge(deps, request), {
    provider: session.provider,
    reference: session.reference,
  })
}

/** Writes down how it ended, with all that follows. One that is COMPLETED stays so. */
async function conclude(deps: Deps, session: ClaimedSession, found: Found): Promise<void> {
  const { tenant_id: tenantId, environment_id: environmentId, is_test: isTest } = session
  const real = deps.clock.now()
  const scope = { tenantId, environmentId, isTest }
  await transaction(deps.workerDb, { scope, now: real }, async (tx) => {
    const invoice = await lockInvoiceOf(tx, environmentId, publicId('invoice', session.invoice_id))
    const [row] = await tx.query(lockSession(environmentId, session.id))
    if (!row || row.status === 'COMPLETED' || row.attempt !== session.attempt) return
    const save = (change: {
      status: SessionRow['status']
      code?: string
      reason?: string
      paymentId?: string
      dueAt?: Temporal.Instant
    }): void =>
      tx.defer(
        saveSession(
          environmentId,
          row.id,
          change.status,
          change.code ?? null,
          change.reason ?? null,
          change.paymentId ?? null,
          change.dueAt ?? null,
          JSON.stringify(row.attempts),
          real,
        ),
      )

    if (found.status === 'succeeded') {
      if (found.amountMinor !== row.amount_minor || found.currency !== row.currency) {
        const reason = `The provider confirmed ${found.amountMinor} minor units of ${found.currency}.`
        countAttempt('checkout', row.provider, { status: 'UNKNOWN', failureCode: 'amount_mismatch' })
        deps.log.error({ checkout: row.reference }, 'a provider confirmed other money than was asked for')
        return save({ status: 'FAILED', code: 'amount_mismatch', reason })
      }
      countAttempt('checkout', row.provider, { status: 'SUCCEEDED', failureCode: null })
      const paymentMethodId =
        found.method && row.keep_method && row.provider_id !== null
          ? await keepMethod(deps, tx, environmentId, {
              customerId: row.customer_id,
              provider: row.provider,
              providerId: row.provider_id,
              method: found.method,
              preferred: invoice.status === 'FAILED',
            })
          : null
      const paymentId = deps.ids.next()
      await bookConfirmed(deps, tx, environmentId, {
        paymentId,
        invoiceId: row.invoice_id,
        customerId: row.customer_id,
        paymentMethodId,
        amountMinor: row.amount_minor,
        currency: row.currency,
        provider: row.provider,
        providerId: row.provider_id,
        reference: row.reference,
        transactionId: found.transactionId,
      })
      return save({ status: 'COMPLETED', paymentId })
    }
    if (found.status === 'declined') {
      countAttempt('checkout', row.provider, { status: 'FAILED', failureCode: found.code })
      const status = row.status === 'EXPIRED' ? 'EXPIRED' : 'FAILED'
      return save({ status, code: found.code, reason: found.reason })
    }
    const ends = row.expires_at.add({ minutes: afterEndMinutes })
    if (Temporal.Instant.compare(real, ends) >= 0) return save({ status: 'EXPIRED' })
    const age = Math.ceil((real.epochMilliseconds - row.created_at.epochMilliseconds) / 1000)
    const seconds = Math.min(Math.max(age, askAgainSeconds.least), askAgainSeconds.most)
    save({ status: row.status, dueAt: real.add({ seconds }) })
  })
}

import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import { isoInstant } from '../../http/present.ts'
import { lockWallet, moveCredits } from '../wallets/index.ts'
import { fill } from './fill.ts'
import { minorOf } from './read.ts'
import {
  type DueTopUp,
  type ExpiredRow,
  dueTopUps,
  dueTopUpsIn,
  expiredCredits,
  expiredCreditsIn,
  postponeTopUp,
  takeDueTopUp,
} from './sql.ts'

const batchSize = 200
const retryMinutes = 5

/** Lets credits expire at their instant, and tops up the wallets that have a rule for it. */
export const walletLoop = { name: 'wallets', tick, restMs: 5000 }

async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const expired = await transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx) =>
    expire(deps, tx, await tx.query(expiredCredits(now, batchSize))),
  )
  const due = await deps.workerDb.query(dueTopUps(now, batchSize))
  for (const wallet of due) await topUpApart(deps, wallet, now)
  return expired > 0 || due.length > 0
}

/** The same on a test clock, for all that is due up to an instant. */
export async function serveWalletsIn(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  const scope = { tenantId: '', environmentId }
  for (let count = batchSize; count === batchSize;) {
    count = await transaction(deps.workerDb, { scope, now: until }, async (tx) =>
      expire(deps, tx, await tx.query(expiredCreditsIn(until, batchSize, environmentId))),
    )
  }
  for (const wallet of await deps.workerDb.query(dueTopUpsIn(until, batchSize, environmentId)))
    await topUp(deps, wallet)
}

async function expire(deps: Deps, tx: Tx, rows: readonly ExpiredRow[]): Promise<number> {
  await moveCredits(
    deps,
    tx,
    rows.map((row) => ({
      environmentId: row.environment_id,
      walletId: row.wallet_id,
      grantId: row.id,
      currency: row.currency,
      isPaid: row.kind === 'PAID',
      type: 'EXPIRED',
      minor: -row.left_minor,
      invoiceId: null,
      at: row.expires_at,
    })),
  )
  return rows.length
}

/** One that cannot be topped up is tried again later, and keeps no other from its time. */
async function topUpApart(deps: Deps, wallet: DueTopUp, now: Temporal.Instant): Promise<void> {
  try {
    await topUp(deps, wallet)
  } catch (error) {
    const { environment_id: environmentId, id } = wallet
    await deps.workerDb.query(postponeTopUp(environmentId, id, now.add({ minutes: retryMinutes })))
    deps.log.error({ err: error, wallet: publicId('wallet', id) }, 'a wallet could not be topped up')
  }
}

/** Issues the invoice that tops a wallet up, which is charged as any other. */
async function topUp(deps: Deps, due: DueTopUp): Promise<void> {
  const { tenant_id: tenantId, environment_id: environmentId, id, is_test: isTest } = due
  await transaction(
    deps.workerDb,
    { scope: { tenantId, environmentId, isTest }, now: deps.clock.now() },
    async (tx) => {
      const [wallet] = await tx.query(lockWallet(environmentId, id))
      const [taken] = await tx.query(takeDueTopUp(environmentId, id))
      if (!wallet || !taken?.top_up_credits || !taken.has_customer || !taken.is_low) return
      if (wallet.expires_at !== null && wallet.expires_at <= isoInstant(tx.now)) return
      const paidMinor = minorOf(wallet.currency, taken.top_up_credits, wallet.credit_rate)
      await fill(deps, tx, environmentId, wallet, { paidMinor, grantedMinor: 0n })
    },
  )
}

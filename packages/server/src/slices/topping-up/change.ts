import { spendCredits } from '@novabilling/core/credit'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import { isoInstant } from '../../http/present.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import {
  type MoveCredits,
  type MovedCredits,
  type UpdateWallet,
  type Wallet,
  type WalletRow,
  grantsOfWallet,
  lockWallet,
  moveCredits,
  presentWallet,
  saveWallet,
} from '../wallets/index.ts'
import { readExpiry, readRule } from './create.ts'
import { fill } from './fill.ts'
import { findWallet } from './find.ts'
import { readCredits } from './read.ts'

/** Changes what a wallet says and when it is topped up; what is in it already keeps its expiry. */
export async function updateWallet(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateWallet,
): Promise<Wallet> {
  const current = await lockActive(tx, environmentId, id)
  const faults: Fault[] = []
  const unit = { currency: current.currency, rate: current.credit_rate }
  const saved: WalletRow = {
    ...current,
    ...(input.topUpRule === undefined ? {} : readRule(input.topUpRule, unit, faults)),
    name: input.name === undefined ? current.name : input.name,
    priority: input.priority ?? current.priority,
    expires_at:
      input.expirationAt === undefined ? current.expires_at : readExpiry(input.expirationAt, tx, faults),
    updated_at: isoInstant(tx.now),
  }
  if (faults.length > 0) throw invalid(...faults)
  store(tx, environmentId, saved, Boolean(input.topUpRule))
  const wallet = presentWallet(saved)
  recordEvents(tx, deps, [{ type: 'wallet.updated', resourceId: saved.id, resource: wallet }])
  return wallet
}

/** Moves credits by hand: takes some away, gives some, sells some. Refuses to take more than there is. */
export async function moveByHand(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: MoveCredits,
): Promise<MovedCredits> {
  const wallet = await lockActive(tx, environmentId, input.walletId)
  const faults: Fault[] = []
  const unit = { currency: wallet.currency, rate: wallet.credit_rate }
  const paid = readCredits('paidCredits', input.paidCredits, unit, faults)
  const granted = readCredits('grantedCredits', input.grantedCredits, unit, faults)
  const voided = readCredits('voidedCredits', input.voidedCredits, unit, faults)
  if (!paid && !granted && !voided)
    faults.push({ path: 'paidCredits', message: 'or grantedCredits or voidedCredits must be given' })
  if (faults.length > 0) throw invalid(...faults)
  if (voided) await take(deps, tx, environmentId, wallet, voided.minor)
  return fill(deps, tx, environmentId, wallet, {
    paidMinor: paid?.minor ?? 0n,
    grantedMinor: granted?.minor ?? 0n,
  })
}

/** Ends a wallet: what is left in it is gone. */
export async function endWallet(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<void> {
  const wallet = await lockActive(tx, environmentId, id)
  store(tx, environmentId, { ...wallet, status: 'TERMINATED', updated_at: isoInstant(tx.now) }, false)
  if (wallet.balance_minor > 0n) await take(deps, tx, environmentId, wallet, wallet.balance_minor)
  const [ended] = await tx.query(lockWallet(environmentId, wallet.id))
  if (!ended) throw new Error('a locked wallet vanished')
  recordEvents(tx, deps, [
    { type: 'wallet.terminated', resourceId: ended.id, resource: presentWallet(ended) },
  ])
}

async function take(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  wallet: WalletRow,
  minor: bigint,
): Promise<void> {
  if (minor > wallet.balance_minor) throw new Refusal('wallet_too_little')
  const grants = await tx.query(grantsOfWallet(environmentId, wallet.id))
  const taken = spendCredits(
    grants.map((grant) => grant.left_minor),
    minor,
  )
  await moveCredits(
    deps,
    tx,
    grants.flatMap((grant, index) => {
      const part = taken[index] ?? 0n
      if (part === 0n) return []
      return [
        {
          environmentId,
          walletId: wallet.id,
          grantId: grant.id,
          currency: wallet.currency,
          isPaid: grant.kind === 'PAID',
          type: 'VOIDED' as const,
          minor: -part,
          invoiceId: null,
          at: isoInstant(tx.now),
        },
      ]
    }),
  )
}

function store(tx: Tx, environmentId: string, row: WalletRow, hasNewRule: boolean): void {
  tx.defer(
    saveWallet(
      environmentId,
      row.id,
      row.name,
      row.priority,
      row.expires_at,
      row.top_up_threshold,
      row.top_up_threshold_minor,
      row.top_up_credits,
      row.status,
      row.updated_at,
      hasNewRule,
    ),
  )
}

async function lockActive(tx: Tx, environmentId: string, id: string): Promise<WalletRow> {
  const found = await findWallet(tx, environmentId, id)
  const [row] = await tx.query(lockWallet(environmentId, found.id))
  if (!row) throw new Refusal('wallet_not_found')
  if (row.status !== 'ACTIVE') throw new Refusal('wallet_terminated')
  return row
}

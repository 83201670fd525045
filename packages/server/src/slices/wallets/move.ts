import { creditsForfeited, creditsGranted, walletSpent } from '@novabilling/core/ledger'
import { recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { postEntriesAcross } from '../ledger/index.ts'
import { presentWallet } from './present.ts'
import type { WalletTransaction } from './schema.ts'
import { type WalletRow, moveGrants } from './sql.ts'

/** A movement of a grant: above zero what comes in, below what goes out. */
export type Movement = {
  readonly environmentId: string
  readonly walletId: string
  readonly grantId: string
  readonly currency: string
  readonly isPaid: boolean
  readonly type: WalletTransaction['type']
  readonly minor: bigint
  readonly invoiceId: string | null
  readonly at: string
}

/**
 * Moves credits: grants, wallets, the books and what is told of them. The wallets are locked by the caller. One that is
 * empty after something was taken out is depleted. What comes in for money was booked with its invoice, and what comes
 * back with its void.
 */
export async function moveCredits(deps: Deps, tx: Tx, movements: readonly Movement[]): Promise<WalletRow[]> {
  if (movements.length === 0) return []
  const moves = movements.map((move) => ({ ...move, id: deps.ids.next() }))
  const wallets = await tx.query(
    moveGrants(
      moves.map(({ environmentId }) => environmentId),
      moves.map(({ id }) => id),
      moves.map(({ walletId }) => walletId),
      moves.map(({ grantId }) => grantId),
      moves.map(({ type }) => type),
      moves.map(({ minor }) => minor),
      moves.map(({ invoiceId }) => invoiceId),
      moves.map(({ at }) => at),
    ),
  )
  postEntriesAcross(
    tx,
    moves.map((move) => ({
      environmentId: move.environmentId,
      id: move.id,
      documentKind: 'WALLET' as const,
      documentId: move.id,
      currency: move.currency,
      at: move.at,
      entries: postingOf(move),
    })),
    ({ environmentId }) => environmentId,
  )
  const lowered = new Set(moves.filter(({ minor }) => minor < 0n).map(({ walletId }) => walletId))
  const latest = new Map(moves.map(({ walletId, at }) => [walletId, at]))
  recordEventsAcross(
    tx,
    deps,
    wallets.map((row) => ({
      environmentId: row.environment_id,
      types: [row.balance_minor === 0n && lowered.has(row.id) ? 'wallet.depleted' : 'wallet.updated'],
      resourceId: row.id,
      resource: presentWallet(row),
      at: latest.get(row.id) ?? row.updated_at,
    })),
  )
  return wallets
}

function postingOf({ type, minor, isPaid }: Movement): ReturnType<typeof walletSpent> {
  if (type === 'SPENT') return walletSpent(-minor)
  if (type === 'RETURNED') return []
  if (type === 'TOP_UP') return isPaid ? [] : creditsGranted(minor)
  return creditsForfeited({ minor: -minor, isPaid })
}

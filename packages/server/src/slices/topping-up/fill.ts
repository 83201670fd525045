import { toMajor } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { createInvoice, finalizeInvoice } from '../drafts/index.ts'
import {
  type MovedCredits,
  type WalletRow,
  insertGrant,
  lockWallet,
  moveCredits,
  presentWallet,
} from '../wallets/index.ts'

/**
 * Puts credits into a wallet, locked or made by the caller: those given away at once; for those bought an invoice is
 * issued and charged, and they are there when it is paid.
 */
export async function fill(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  wallet: WalletRow,
  { paidMinor, grantedMinor }: { paidMinor: bigint; grantedMinor: bigint },
): Promise<MovedCredits> {
  const at = isoInstant(tx.now)
  if (paidMinor + grantedMinor > 0n && wallet.expires_at !== null && wallet.expires_at <= at)
    throw new Refusal('wallet_expired')
  const store = (kind: 'PAID' | 'GRANTED', minor: bigint, invoiceId: string | null): string => {
    const id = deps.ids.next()
    const status = kind === 'PAID' ? 'PENDING' : 'ACTIVE'
    tx.defer(insertGrant(environmentId, id, wallet.id, kind, status, minor, invoiceId, wallet.expires_at, at))
    return id
  }
  if (grantedMinor > 0n) {
    await moveCredits(deps, tx, [
      {
        environmentId,
        walletId: wallet.id,
        grantId: store('GRANTED', grantedMinor, null),
        currency: wallet.currency,
        isPaid: false,
        type: 'TOP_UP',
        minor: grantedMinor,
        invoiceId: null,
        at,
      },
    ])
  }
  let invoiceId: string | null = null
  if (paidMinor > 0n) {
    const { currency } = wallet
    const draft = await createInvoice(
      deps,
      tx,
      environmentId,
      {
        customerId: publicId('customer', wallet.customer_id),
        currency,
        // What the credits pay for later is taxed then.
        items: [
          {
            description: wallet.name ?? 'Prepaid credits',
            quantity: 1,
            unitAmount: toMajor({ currency, minor: paidMinor }),
            taxCodes: [],
          },
        ],
      },
      { walletId: wallet.id },
    )
    invoiceId = draft.id
    store('PAID', paidMinor, parseId('invoice', draft.id) ?? null)
    await finalizeInvoice(deps, tx, environmentId, draft.id)
  }
  const [filled] = await tx.query(lockWallet(environmentId, wallet.id))
  if (!filled) throw new Error('a locked wallet vanished')
  return { wallet: presentWallet(filled), invoiceId }
}

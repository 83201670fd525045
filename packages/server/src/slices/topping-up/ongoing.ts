import { toMajorNumber } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import { stillToInvoice } from '../charges/index.ts'
import { currentIssuer, payableLines, priceLines, taxBookOf, taxesOnLines } from '../invoices/index.ts'
import { billToOf, usageSoFar } from '../subscriptions/index.ts'
import {
  type WalletNow,
  type WalletRow,
  creditsOf,
  planWallets,
  presentWallet,
  walletsOfCustomer,
} from '../wallets/index.ts'
import { findWallet } from './find.ts'

/**
 * A wallet with what would be left in it if what its customer has used by now were paid: of every subscription in its
 * currency, with the taxes of the day its period ends, in the order in which wallets are spent.
 */
export async function walletNow(reader: Reader, environmentId: string, id: string): Promise<WalletNow> {
  const wallet = await findWallet(reader, environmentId, id)
  const left = wallet.balance_minor - (await usedOf(reader, environmentId, wallet))
  const amount = toMajorNumber({ currency: wallet.currency, minor: left })
  return {
    ...presentWallet(wallet),
    ongoingBalance: creditsOf(amount, wallet.credit_rate),
    ongoingBalanceAmount: amount,
  }
}

async function usedOf(reader: Reader, environmentId: string, wallet: WalletRow): Promise<bigint> {
  if (wallet.balance_minor === 0n) return 0n
  const customerId = wallet.customer_id
  const used = (await usageSoFar(reader, environmentId, customerId)).filter(
    ({ row, rated }) => row.currency === wallet.currency && rated.length > 0,
  )
  if (used.length === 0) return 0n
  const issuer = await currentIssuer(reader, environmentId)
  const book = await taxBookOf(reader, { environmentId, customerId })
  const payables = used.map(({ row, rated }) => {
    const at = row.current_period_end ?? ''
    const taxesOn = taxesOnLines(book, {
      environmentId,
      customerId,
      planId: row.plan_id,
      billTo: billToOf(row),
      issuer,
      atMs: Date.parse(at),
    })
    const priced = priceLines(rated.map((one) => ({ amount: stillToInvoice(one), taxes: taxesOn(one) })))
    return {
      environmentId,
      invoiceId: row.id,
      customerId,
      currency: row.currency,
      dueMinor: priced.totalMinor,
      lines: payableLines(
        rated.map(({ metricId }, place) => ({
          type: 'USAGE',
          minor: String(priced.lineMinor[place] ?? 0n),
          discount: '0',
          taxes: priced.lineTaxes[place] ?? null,
          metricId,
        })),
        row.plan_id,
      ),
      at,
    }
  })
  const grants = await reader.query(walletsOfCustomer(environmentId, customerId))
  return planWallets(payables, grants)
    .movements.filter(({ walletId }) => walletId === wallet.id)
    .reduce((sum, { minor }) => sum - minor, 0n)
}

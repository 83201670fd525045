import { toMajorNumber } from '@novabilling/core/money'
import { publicId } from '../../ids.ts'
import type { Wallet, WalletTransaction } from './schema.ts'
import type { TransactionRow, WalletRow } from './sql.ts'

export function presentWallet(row: WalletRow): Wallet {
  const { currency } = row
  const balanceAmount = toMajorNumber({ currency, minor: row.balance_minor })
  return {
    id: publicId('wallet', row.id),
    customerId: publicId('customer', row.customer_id),
    currency,
    name: row.name,
    creditRate: Number(row.credit_rate),
    priority: row.priority,
    status: row.status,
    balance: creditsOf(balanceAmount, row.credit_rate),
    balanceAmount,
    expirationAt: row.expires_at,
    topUpRule:
      row.top_up_threshold === null
        ? null
        : { threshold: Number(row.top_up_threshold), credits: Number(row.top_up_credits) },
    appliesToPlanIds: row.plan_ids?.map((id) => publicId('plan', id)) ?? null,
    appliesToBillableMetricIds: row.metric_ids?.map((id) => publicId('billableMetric', id)) ?? null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function presentTransaction(row: TransactionRow): WalletTransaction {
  const amount = toMajorNumber({ currency: row.currency, minor: row.amount_minor })
  return {
    id: publicId('walletTransaction', row.id),
    walletId: publicId('wallet', row.wallet_id),
    type: row.type,
    credits: creditsOf(amount, row.credit_rate),
    amount,
    isPaid: row.is_paid,
    invoiceId: row.invoice_id === null ? null : publicId('invoice', row.invoice_id),
    createdAt: row.created_at,
  }
}

/** Credits are shown to twelve decimals; what counts is the amount. */
export function creditsOf(amount: number, rate: string): number {
  return Number((amount / Number(rate)).toFixed(12))
}

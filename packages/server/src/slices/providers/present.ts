import type { Deps } from '../../deps.ts'
import { publicUrl } from '../../http/hosted-links.ts'
import { isoInstant, isoInstantOrNull } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { PaymentProvider } from './schema.ts'
import type { AccountRow } from './sql.ts'

export function presentAccount(deps: Pick<Deps, 'config'>, row: AccountRow): PaymentProvider {
  return {
    id: publicId('paymentProvider', row.id),
    providerName: row.provider,
    isActive: row.is_active,
    priority: row.priority,
    countries: row.countries,
    currencies: row.currencies,
    webhookUrl: noticeUrl(deps, row),
    webhook: {
      lastReceivedAt: isoInstantOrNull(row.last_notice_at),
      refused: Number(row.refused_notices),
      lastRefusedAt: isoInstantOrNull(row.last_refused_at),
      lastRefusedReason: row.last_refused_reason,
    },
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

/** Where a provider reaches us about one account. */
export function noticeUrl(
  deps: Pick<Deps, 'config'>,
  { provider, id }: { provider: string; id: string },
): string {
  return `${publicUrl(deps)}/api/webhooks/${provider.toLowerCase()}/${publicId('paymentProvider', id)}`
}

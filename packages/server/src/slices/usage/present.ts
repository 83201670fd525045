import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { UsageEvent } from './schema.ts'
import type { EventRow } from './sql.ts'

export function presentEvent(row: EventRow): UsageEvent {
  return {
    id: publicId('usageEvent', row.id),
    transactionId: row.transaction_id,
    subscriptionId: publicId('subscription', row.subscription_id),
    code: row.code,
    timestamp: isoInstant(row.occurred_at),
    properties: row.properties,
    createdAt: isoInstant(row.received_at),
  }
}

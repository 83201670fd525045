import { isoInstant, isoInstantOrNull } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { WebhookDelivery, WebhookEndpoint } from './schema.ts'
import type { DeliveryRow, EndpointRow } from './sql.ts'

export function presentEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: publicId('webhookEndpoint', row.id),
    url: row.url,
    description: row.description,
    events: row.events,
    isActive: row.is_active,
    isDefault: row.is_default,
    disabledAt: isoInstantOrNull(row.disabled_at),
    disabledReason: row.disabled_reason,
    failingSince: isoInstantOrNull(row.failing_since),
    previousSecretUntil: isoInstantOrNull(row.previous_secret_until),
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

export function presentDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: publicId('webhookDelivery', row.id),
    endpointId: publicId('webhookEndpoint', row.endpoint_id),
    eventId: publicId('event', row.event_id),
    event: row.type,
    status: row.status,
    nextAttemptAt: isoInstantOrNull(row.due_at),
    attempts: row.attempts,
    createdAt: isoInstant(row.created_at),
  }
}

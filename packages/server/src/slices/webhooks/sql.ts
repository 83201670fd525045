import {
  type RowOf,
  bigint,
  boolean,
  bytes,
  command,
  instant,
  json,
  nullable,
  oneOf,
  statement,
  text,
  textArray,
  uuid,
} from '../../db/statement.ts'
import type { WebhookAttempt } from './schema.ts'

export const endpointColumns = {
  id: uuid,
  is_default: boolean,
  url: text,
  description: nullable(text),
  events: textArray,
  resources: textArray,
  is_active: boolean,
  disabled_at: nullable(instant),
  disabled_reason: nullable(text),
  failing_since: nullable(instant),
  secret_sealed: bytes,
  previous_secret_until: nullable(instant),
  created_at: instant,
  updated_at: instant,
}
export type EndpointRow = RowOf<typeof endpointColumns>
export const endpointSelect = Object.keys(endpointColumns).join(', ')

export const countEndpoints = statement(
  'webhooks.count_endpoints',
  `select count(*) as count from webhook_endpoints where environment_id = $1::uuid and archived_at is null`,
  { count: bigint },
)

export const endpointById = statement(
  'webhooks.endpoint_by_id',
  `select ${endpointSelect} from webhook_endpoints
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null`,
  endpointColumns,
)

export const lockEndpoint = statement(
  'webhooks.lock_endpoint',
  `select ${endpointSelect} from webhook_endpoints
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null
   for update`,
  endpointColumns,
)

/** The place in the stream behind everything that began before this transaction: what an endpoint hears, it hears from here. */
const fromHere = `pg_current_xact_id(), 'ffffffff-ffff-ffff-ffff-ffffffffffff'`

export const insertEndpoint = command(
  'webhooks.insert_endpoint',
  `insert into webhook_endpoints (environment_id, id, tenant_id, is_default, url, description, events, resources,
     secret_sealed, is_active, read_transaction, read_event_id, steady_since, created_at, updated_at)
   values ($1::uuid, $2::uuid, $3::uuid, false, $4, $5, $6::text[], $7::text[], $8, $9, ${fromHere},
     pg_current_xact_id(), $10, $10)`,
)

/** One that is switched on again begins with what happens from now on. */
export const saveEndpoint = command(
  'webhooks.save_endpoint',
  `update webhook_endpoints
   set url = $3, description = $4, events = $5::text[], resources = $6::text[], updated_at = $8,
     steady_since = case when (events, is_active) = ($5::text[], $7::boolean)
       then steady_since else pg_current_xact_id() end,
     read_transaction = case when $7::boolean and not is_active then pg_current_xact_id() else read_transaction end,
     read_event_id = case when $7::boolean and not is_active
       then 'ffffffff-ffff-ffff-ffff-ffffffffffff' else read_event_id end,
     failing_since = case when $7::boolean and not is_active then null else failing_since end,
     disabled_at = case when $7::boolean then null else disabled_at end,
     disabled_reason = case when $7::boolean then null else disabled_reason end,
     is_active = $7
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const archiveEndpoint = command(
  'webhooks.archive_endpoint',
  `update webhook_endpoints set archived_at = $3, is_active = false, updated_at = $3
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** Takes a new secret. $5: until when the one before signs as well; null: not at all. */
export const saveSecret = command(
  'webhooks.save_secret',
  `update webhook_endpoints
   set previous_secret_sealed = case when $5::timestamptz is null then null else secret_sealed end,
     previous_secret_until = $5, secret_sealed = $3, updated_at = $4
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const environmentsOfTenant = statement(
  'webhooks.environments_of_tenant',
  `select id from environments where tenant_id = $1::uuid`,
  { id: uuid },
)

/** The account's address in each of its environments; one that was there before keeps its id, its secret and its history. */
export const setDefaultEndpoints = command(
  'webhooks.set_default_endpoints',
  `insert into webhook_endpoints (environment_id, id, tenant_id, is_default, url, events, resources, secret_sealed,
     is_active, read_transaction, read_event_id, steady_since, created_at, updated_at)
   select u.environment_id, u.id, $1::uuid, true, $4, '{*}', $5::text[], u.secret_sealed, true, ${fromHere},
     pg_current_xact_id(), $6, $6
   from unnest($2::uuid[], $3::uuid[], $7::bytea[]) as u (environment_id, id, secret_sealed)
   on conflict (environment_id) where is_default do update
   set url = excluded.url, is_active = true, disabled_at = null, disabled_reason = null, failing_since = null,
     archived_at = null, read_transaction = excluded.read_transaction, read_event_id = excluded.read_event_id,
     steady_since = excluded.steady_since, updated_at = excluded.updated_at`,
)

export const archiveDefaultEndpoints = command(
  'webhooks.archive_default_endpoints',
  `update webhook_endpoints set archived_at = $2, is_active = false, updated_at = $2
   where tenant_id = $1::uuid and is_default and archived_at is null`,
)

export const deliveryColumns = {
  id: uuid,
  endpoint_id: uuid,
  event_id: uuid,
  type: text,
  status: oneOf('PENDING', 'SUCCEEDED', 'FAILED'),
  due_at: nullable(instant),
  attempts: json<WebhookAttempt[]>(),
  created_at: instant,
}
export type DeliveryRow = RowOf<typeof deliveryColumns>
export const deliverySelect =
  'd.id, d.endpoint_id, d.event_id, e.type, d.status, d.due_at, d.attempts, d.created_at'
export const deliveriesFrom =
  'webhook_deliveries d join events e on e.environment_id = d.environment_id and e.id = d.event_id'

/** A delivery of an event that is told to one endpoint only. */
export const insertTestDelivery = command(
  'webhooks.insert_test_delivery',
  `insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, transaction, status, last_attempt, due_at, created_at)
   values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, pg_current_xact_id(), 'PENDING', 1, $5, $5)`,
)

export const lockDelivery = statement(
  'webhooks.lock_delivery',
  `select ${deliverySelect}, w.resources, w.is_active
   from ${deliveriesFrom}
   join webhook_endpoints w on w.environment_id = d.environment_id and w.id = d.endpoint_id and w.archived_at is null
   where d.environment_id = $1::uuid and d.id = $2::uuid
   for update of d`,
  { ...deliveryColumns, resources: textArray, is_active: boolean },
)

/** Due now, with one attempt more than it has had, if it has had all. */
export const retryDelivery = command(
  'webhooks.retry_delivery',
  `update webhook_deliveries
   set status = 'PENDING', due_at = $3, last_attempt = greatest(last_attempt, attempt + 1)
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** Tells an endpoint that something is due. */
export const wakeEndpoint = command(
  'webhooks.wake_endpoint',
  `update webhook_endpoints set due_at = least(due_at, $3::timestamptz)
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const insertNotices = command(
  'webhooks.insert_notices',
  `insert into mails (id, tenant_id, kind, recipient, payload, due_at, created_at)
   select u.id, $1::uuid, 'webhook_disabled', u.recipient, $4::jsonb, $5, $5
   from unnest($2::uuid[], $3::text[]) as u (id, recipient)`,
)

export const administratorsOf = statement(
  'webhooks.administrators',
  `select email from members where tenant_id = $1::uuid and role in ('OWNER', 'ADMIN')`,
  { email: text },
)

import { type RowOf, boolean, instantText, statement, text, transactionId, uuid } from '../../db/statement.ts'

const eventColumns = {
  id: uuid,
  transaction: transactionId,
  type: text,
  body: text,
  erased: boolean,
  occurred_at: instantText,
}
export type EventRow = RowOf<typeof eventColumns>

/** Whose personal fields have been erased since: they are in no answer any more, also where an old event held them. */
export const erasedCustomer = `e.type like 'customer.%' and exists (
    select from customers c
    where c.environment_id = e.environment_id and c.id = e.resource_id and c.status = 'ARCHIVED')`

const selectEvents = `select e.id, e.transaction, e.type, e.body::text as body, ${erasedCustomer} as erased, e.occurred_at
   from events e`
// A transaction that is still running may yet write, so nothing that began after the oldest of them is shown: what
// comes later in the stream becomes visible later.
const settled = 'e.transaction < pg_snapshot_xmin(pg_current_snapshot())'

/** Events of these types behind a place in the stream. $2: types, $3 and $4: the place, $5: how many. */
export const eventsAfter = statement(
  'webhooks.events_after',
  `${selectEvents}
   where e.environment_id = $1::uuid and e.type = any ($2::text[]) and ${settled}
     and (e.transaction, e.id) > ($3::xid8, $4::uuid)
   order by e.transaction, e.id
   limit $5::integer`,
  eventColumns,
)

/** The same before a place, newest first. */
export const eventsBefore = statement(
  'webhooks.events_before',
  `${selectEvents}
   where e.environment_id = $1::uuid and e.type = any ($2::text[]) and ${settled}
     and (e.transaction, e.id) < ($3::xid8, $4::uuid)
   order by e.transaction desc, e.id desc
   limit $5::integer`,
  eventColumns,
)

export const eventById = statement(
  'webhooks.event_by_id',
  `${selectEvents} where e.environment_id = $1::uuid and e.id = $2::uuid and e.type = any ($3::text[])`,
  eventColumns,
)

export const placeOfEvent = statement(
  'webhooks.place_of_event',
  `select id, transaction from events where environment_id = $1::uuid and id = $2::uuid and type = any ($3::text[])`,
  { id: uuid, transaction: transactionId },
)

export const environmentName = statement(
  'webhooks.environment_name',
  `select id, kind, name from environments where tenant_id = $1::uuid and id = $2::uuid`,
  { id: uuid, kind: text, name: text },
)

import { type RowOf, command, instantText, statement } from '../../db/statement.ts'
import { invoiceColumns, invoiceSelect } from './sql.ts'

const columns = { overdue_at: instantText, ...invoiceColumns }
export type OverdueRow = RowOf<typeof columns>

const overdue = `overdue_at is not null and status in ('PENDING', 'FAILED')`

/** On real time, over all environments. */
export const claimOverdue = statement(
  'invoices.claim_overdue',
  `select overdue_at, ${invoiceSelect} from invoices
   where ${overdue} and not on_test_clock and overdue_at <= $1::timestamptz
   order by overdue_at
   limit $2::integer
   for no key update skip locked`,
  columns,
)

/** On one test clock. */
export const claimOverdueIn = statement(
  'invoices.claim_overdue_in',
  `select overdue_at, ${invoiceSelect} from invoices
   where environment_id = $1::uuid and ${overdue} and on_test_clock and overdue_at <= $2::timestamptz
   order by overdue_at, id
   limit $3::integer
   for no key update`,
  columns,
)

export const saveAnnounced = command(
  'invoices.save_announced',
  `update invoices i set overdue_at = null
   from unnest($1::uuid[], $2::uuid[]) as u (environment_id, id)
   where i.environment_id = u.environment_id and i.id = u.id`,
)

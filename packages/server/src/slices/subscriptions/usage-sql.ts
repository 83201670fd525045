import { statement, uuid } from '../../db/statement.ts'

/** The lines that billed a charge over a window of usage that begins at an instant, the first invoice first. */
export const linesOfUsage = statement(
  'subscriptions.lines_of_usage',
  `select l.id, l.invoice_id
   from invoices i
   join invoice_lines l on l.environment_id = i.environment_id and l.invoice_id = i.id
   where i.environment_id = $1::uuid and i.subscription_id = $2::uuid
     and l.type in ('USAGE', 'COMMITMENT', 'CORRECTION') and l.period_start = $4::timestamptz
     and coalesce(l.derivation->'usage'->>'charge', l.derivation->'minimum'->>'charge')::uuid = $3::uuid
   order by i.created_at, i.id, l.position`,
  { id: uuid, invoice_id: uuid },
)

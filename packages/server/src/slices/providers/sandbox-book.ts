import type { Pool } from '../../db/pool.ts'
import { bigint, instant, integer, nullable, oneOf, statement, text } from '../../db/statement.ts'
import type { ProviderRequest } from './provider.ts'

const columns = {
  reference: text,
  behaviour: text,
  amount_minor: bigint,
  currency: text,
  outcome: oneOf('SUCCEEDED', 'DECLINED', 'PENDING', 'LOST'),
  settles_at: nullable(instant),
  calls: integer,
}
const returned = Object.keys(columns).join(', ')

/** The same reference is the same request: the book keeps the first, and acts upon one that had been lost. */
const enter = statement(
  'sandbox.enter',
  `insert into sandbox_book as book
     (environment_id, reference, kind, behaviour, amount_minor, currency, outcome, settles_at, calls, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
   on conflict (environment_id, reference) do update
   set calls = book.calls + 1, outcome = case book.outcome when 'LOST' then 'SUCCEEDED' else book.outcome end
   returning ${returned}`,
  columns,
)

const look = statement(
  'sandbox.look',
  `select ${returned} from sandbox_book where environment_id = $1::uuid and reference = $2`,
  columns,
)

export type BookOutcome = 'SUCCEEDED' | 'DECLINED' | 'PENDING' | 'LOST'
export type BookEntry = {
  readonly reference: string
  readonly behaviour: string
  readonly amountMinor: bigint
  readonly currency: string
  readonly outcome: BookOutcome
  readonly settlesAt: Temporal.Instant | null
  /** How often this request has come. */
  readonly calls: number
}

/** Enters a request, on a connection of its own, as a foreign system would: no transaction of ours is part of it. */
export async function enterInBook(
  pool: Pool,
  request: ProviderRequest,
  entry: {
    kind: 'CHARGE' | 'REFUND'
    behaviour: string
    outcome: BookOutcome
    settlesAt: Temporal.Instant | null
  },
): Promise<BookEntry> {
  const [row] = await pool.query(
    enter(
      request.scope.environmentId,
      request.reference,
      entry.kind,
      entry.behaviour,
      request.amountMinor,
      request.currency,
      entry.outcome,
      entry.settlesAt,
      request.at,
    ),
  )
  if (!row) throw new Error('the sandbox lost its book')
  return entryOf(row)
}

export async function lookInBook(
  pool: Pool,
  environmentId: string,
  reference: string,
): Promise<BookEntry | undefined> {
  const [row] = await pool.query(look(environmentId, reference))
  return row && entryOf(row)
}

function entryOf(row: {
  reference: string
  behaviour: string
  amount_minor: bigint
  currency: string
  outcome: BookOutcome
  settles_at: Temporal.Instant | null
  calls: number
}): BookEntry {
  const { reference, behaviour, currency, outcome, calls } = row
  return {
    reference,
    behaviour,
    currency,
    outcome,
    calls,
    amountMinor: row.amount_minor,
    settlesAt: row.settles_at,
  }
}

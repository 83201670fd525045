import {
  type RowOf,
  bigint,
  boolean,
  bytes,
  command,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { providerNames } from '../providers/index.ts'

/** A provider that was asked for a page and gave none. */
export type Attempt = { providerName: string; reference: string; reason: string }

const sessionColumns = {
  id: uuid,
  invoice_id: uuid,
  customer_id: uuid,
  provider: oneOf(...providerNames),
  /** Null: the sandbox, which has no account. */
  provider_id: nullable(uuid),
  reference: text,
  provider_handle: nullable(text),
  amount_minor: bigint,
  currency: text,
  status: oneOf('OPEN', 'COMPLETED', 'EXPIRED', 'FAILED'),
  url: nullable(text),
  success_url: text,
  cancel_url: text,
  phone: nullable(text),
  keep_method: boolean,
  attempts: json<Attempt[]>(),
  failure_code: nullable(text),
  failure_reason: nullable(text),
  payment_id: nullable(uuid),
  expires_at: instant,
  attempt: integer,
  created_at: instant,
}
export type SessionRow = RowOf<typeof sessionColumns>

const names = Object.keys(sessionColumns)
const sessionSelect = names.join(', ')

export const sessionById = statement(
  'checkout.by_id',
  `select ${sessionSelect} from checkout_sessions where environment_id = $1::uuid and id = $2::uuid`,
  sessionColumns,
)

export const lockSession = statement(
  'checkout.lock',
  `select ${sessionSelect} from checkout_sessions where environment_id = $1::uuid and id = $2::uuid for update`,
  sessionColumns,
)

/** The invoice is locked by the caller, so that there is one at most. */
export const openSession = statement(
  'checkout.open',
  `select ${sessionSelect} from checkout_sessions
   where environment_id = $1::uuid and invoice_id = $2::uuid and status = 'OPEN'
   for update`,
  sessionColumns,
)

export const insertSession = command(
  'checkout.insert',
  `insert into checkout_sessions
     (environment_id, id, invoice_id, customer_id, provider, provider_id, reference, amount_minor, currency, status,
      success_url, cancel_url, phone, keep_method, attempts, expires_at, due_at, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'OPEN', $10, $11, $12, $13, '[]', $14, $15, $16, $16)`,
)

// While providers are asked for a page, whoever asks them has the lease: nobody else asks them, nor how it ended.
const beingAsked = `environment_id = $1::uuid and id = $2::uuid and status = 'OPEN'`

/** Takes the turn to ask for a page that nobody has given yet. $3: now, $4: the lease's end. */
export const takeTurn = statement(
  'checkout.take_turn',
  `update checkout_sessions set lease_until = $4
   where ${beingAsked} and url is null and provider_handle is null
     and (lease_until is null or lease_until <= $3::timestamptz)
   returning ${sessionSelect}`,
  sessionColumns,
)

/** Which provider is about to be asked for a page, written down before it is asked. $8: the lease's new end. */
export const aimSession = statement(
  'checkout.aim',
  `update checkout_sessions
   set provider = $3, provider_id = $4, reference = $5, attempts = $6, updated_at = $7, lease_until = $8
   where ${beingAsked}
   returning id`,
  { id: uuid },
)

export const savePage = command(
  'checkout.save_page',
  `update checkout_sessions set url = $3, provider_handle = $4, updated_at = $5, lease_until = null
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** What came of it, or when it is asked about next; the lease ends with it. */
export const saveSession = command(
  'checkout.save',
  `update checkout_sessions
   set status = $3, failure_code = $4, failure_reason = $5, payment_id = $6, due_at = $7, lease_until = null,
     attempts = $8, updated_at = $9
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** The newest page or prompt of an invoice, whatever became of it. */
export const newestSession = statement(
  'checkout.newest',
  `select ${sessionSelect} from checkout_sessions
   where environment_id = $1::uuid and invoice_id = $2::uuid
   order by created_at desc, id desc
   limit 1`,
  sessionColumns,
)

/** It is asked about now, but not twice within some seconds. $3: real time. */
export const askSoon = command(
  'checkout.ask_soon',
  `update checkout_sessions set due_at = least(due_at, greatest($3::timestamptz, updated_at + interval '4 seconds'))
   where environment_id = $1::uuid and id = $2::uuid and status = 'OPEN' and due_at is not null`,
)

/** A page that is shown no more. What is paid on it yet is still booked. */
export const supersede = command(
  'checkout.supersede',
  `update checkout_sessions set status = 'EXPIRED', updated_at = $3
   where environment_id = $1::uuid and id = $2::uuid and status = 'OPEN'`,
)

const claimedColumns = {
  ...sessionColumns,
  tenant_id: uuid,
  environment_id: uuid,
  is_test: boolean,
  clock_now: nullable(instant),
  credentials_sealed: nullable(bytes),
  payer_email: nullable(text),
}
export type ClaimedSession = RowOf<typeof claimedColumns>

/** Over all environments. $1: now, $2: the lease's end, $3: how many. */
export const claimSessions = statement(
  'checkout.claim',
  `with due as (
     select environment_id, id, provider_id, customer_id from checkout_sessions
     where due_at <= $1::timestamptz and (lease_until is null or lease_until <= $1::timestamptz)
     order by due_at
     limit $3::integer
     for update skip locked
   )
   update checkout_sessions s
   set attempt = s.attempt + 1, lease_until = $2
   from due
   join environments e on e.id = due.environment_id
   join customers c on c.environment_id = due.environment_id and c.id = due.customer_id
   left join payment_providers a on a.environment_id = due.environment_id and a.id = due.provider_id
   where s.environment_id = due.environment_id and s.id = due.id
   returning ${names.map((name) => `s.${name}`).join(', ')}, e.tenant_id, s.environment_id, e.kind = 'TEST' as is_test,
     e.clock_now, a.credentials_sealed, c.email as payer_email`,
  claimedColumns,
)

/** Sessions of an account that a notice speaks of are asked about now. $5: real time. */
export const askAboutSessions = statement(
  'checkout.ask_about',
  `update checkout_sessions set due_at = $5, provider_handle = coalesce(provider_handle, $4)
   where environment_id = $1::uuid and provider_id = $2::uuid and status <> 'COMPLETED'
     and (reference = $3 or provider_handle = $4)
   returning id`,
  { id: uuid },
)

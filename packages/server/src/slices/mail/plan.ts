import { declineKind, mayRetry, retryAt } from '@novabilling/core/dunning'
import type { RowOf } from '../../db/statement.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { planOf } from '../dunning/index.ts'
import { type MailKind, isWanted, kindOfEvent, remindAt, toldEvents } from './kinds.ts'
import {
  advanceReaders,
  beginReading,
  eraseMails,
  insertMails,
  mailHorizon,
  unreadFacts,
} from './plan-sql.ts'

const environmentsAtOnce = 50
const eventsEach = 2000
/** What has happened longer ago is not told of any more: the mail would be news of last week. */
const toldWithinDays = 7
/** An invoice that is paid at once makes one mail, its receipt. */
const invoiceWaitsSeconds = 60
/** A reminder says something that the invoice itself did not just say. */
const reminderAfterHours = 24

/** A mail that is to be written. */
export type PlannedMail = {
  readonly environmentId: string
  readonly kind: MailKind
  readonly occasion: string
  readonly customerId: string
  readonly subjectId: string
  readonly isTest: boolean
  readonly dueAt: Temporal.Instant
  readonly occurredAt: Temporal.Instant
  readonly asked?: { readonly recipient: string | null }
}

type Fact = RowOf<ReturnType<typeof unreadFacts>['statement']['columns']>

const horizons = new WeakMap<Deps, string>()

/**
 * Plans the mails that new events call for. The place in the stream moves in the same transaction, and a mail's key is
 * its occasion, so each event makes one. Gives whether there was anything to read.
 */
export async function planMails(deps: Deps): Promise<boolean> {
  const [stream] = await deps.workerDb.query(mailHorizon())
  const horizon = stream?.horizon ?? ''
  if (horizon === horizons.get(deps)) return false
  const now = deps.clock.now()
  // The worker crosses environments, so the scope is nobody's.
  const read = await transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx) => {
    tx.defer(beginReading())
    const facts = await tx.query(unreadFacts(environmentsAtOnce, eventsEach, toldEvents))
    writeMails(
      deps,
      tx,
      facts.flatMap((fact) => mailsOf(deps, fact, now)),
    )
    const erased = facts.filter(({ type }) => type === 'customer.archived')
    if (erased.length > 0) {
      const environments = erased.map(({ environment_id }) => environment_id)
      const customers = erased.map(({ resource_id }) => resource_id)
      tx.defer(eraseMails(environments, customers))
    }
    const ends = facts.filter(({ is_last }) => is_last)
    if (ends.length > 0) {
      const transactions = ends.map(({ transaction: number }) => number)
      const events = ends.map(({ event_id }) => event_id)
      tx.defer(
        advanceReaders(
          ends.map(({ environment_id }) => environment_id),
          transactions,
          events,
        ),
      )
    }
    return ends.length
  })
  // When there was something there may be more.
  if (read === 0) horizons.set(deps, horizon)
  return read > 0
}

/** Writes mails down that are to be sent, each occasion once. */
export function writeMails(
  deps: Pick<Deps, 'ids'>,
  tx: Pick<Tx, 'defer' | 'now'>,
  mails: readonly PlannedMail[],
): string[] {
  const ids = mails.map(() => deps.ids.next())
  if (mails.length === 0) return ids
  tx.defer(
    insertMails(
      mails.map(({ environmentId }) => environmentId),
      ids,
      mails.map(({ kind }) => kind),
      mails.map(({ occasion }) => occasion),
      mails.map(({ customerId }) => customerId),
      mails.map(({ subjectId }) => subjectId),
      mails.map(({ asked }) => asked !== undefined),
      mails.map(({ asked }) => asked?.recipient ?? null),
      mails.map(({ isTest }) => isTest),
      mails.map(({ dueAt }) => dueAt),
      mails.map(({ occurredAt }) => occurredAt),
      tx.now,
    ),
  )
  return ids
}

function mailsOf({ config }: Deps, fact: Fact, now: Temporal.Instant): PlannedMail[] {
  const kind = fact.type === 'payment.failed' ? 'PHONE_PROMPT' : kindOfEvent(fact.type)
  const { customer_id: customerId, is_test: isTest, occurred_at: occurredAt, emails } = fact
  if (kind === undefined || customerId === null) return []
  // Without a mail server a live environment has nobody to write with; a test one is looked at all the same.
  if (!isTest && !fact.has_smtp && config.SMTP_URL === '') return []
  const tooLate = now.subtract({ hours: 24 * toldWithinDays })
  if (!isTest && Temporal.Instant.compare(occurredAt, tooLate) < 0) return []
  if (fact.total_minor === 0n) return []
  const of = { environmentId: fact.environment_id, customerId, subjectId: fact.resource_id, isTest }
  if (kind === 'PHONE_PROMPT') return isWanted(emails, kind) ? promptOf(fact, of) : []
  const waits = kind === 'INVOICE' && !fact.on_clock ? invoiceWaitsSeconds : 0
  const dueAt = (isTest ? occurredAt : recordedAt(fact.event_id)).add({ seconds: waits })
  const told = { ...of, kind, occasion: `event ${fact.event_id}`, dueAt, occurredAt }
  return [
    ...(isWanted(emails, kind) ? [told] : []),
    ...(kind === 'INVOICE' && isWanted(emails, 'REMINDER') ? reminderOf(fact, of) : []),
  ]
}

/** Some hours before the phone rings: time to have money on it. */
const promptTold = { hours: 2 }

/** What is told before the next prompt on a phone; nothing where none comes. */
function promptOf(
  { failure_code, prompted_from, customer_timezone, dunning, retried_invoice_id, occurred_at }: Fact,
  of: Pick<PlannedMail, 'environmentId' | 'customerId' | 'isTest'>,
): PlannedMail[] {
  if (prompted_from === null || customer_timezone === null || retried_invoice_id === null) return []
  if (!mayRetry({ kind: declineKind(failure_code ?? ''), sameMethod: true })) return []
  const where = { zone: customer_timezone, onPhone: true }
  const promptsAt = planOf(dunning)
    .retryDays.map((day) => retryAt(prompted_from.epochMilliseconds, day, where))
    .find((at) => at > occurred_at.epochMilliseconds)
  if (promptsAt === undefined) return []
  const at = Temporal.Instant.fromEpochMilliseconds(promptsAt).subtract(promptTold)
  if (Temporal.Instant.compare(at, occurred_at) <= 0) return []
  return [
    {
      ...of,
      subjectId: retried_invoice_id,
      kind: 'PHONE_PROMPT',
      occasion: `prompt ${retried_invoice_id} ${at.toString()}`,
      dueAt: at,
      occurredAt: at,
    },
  ]
}

/** When an event was written down, which its id says (RFC 9562 §5.7): in real time, however late the billing was. */
function recordedAt(eventId: string): Temporal.Instant {
  const hex = eventId.slice(0, 8) + eventId.slice(9, 13)
  return Temporal.Instant.fromEpochMilliseconds(Number.parseInt(hex, 16))
}

function reminderOf(
  { due_date, timezone, emails, occurred_at }: Fact,
  of: Pick<PlannedMail, 'environmentId' | 'customerId' | 'subjectId' | 'isTest'>,
): PlannedMail[] {
  if (due_date === null || timezone === null) return []
  const at = remindAt(emails, due_date, timezone)
  if (Temporal.Instant.compare(at, occurred_at.add({ hours: reminderAfterHours })) < 0) return []
  return [{ ...of, kind: 'REMINDER', occasion: `due ${of.subjectId}`, dueAt: at, occurredAt: at }]
}

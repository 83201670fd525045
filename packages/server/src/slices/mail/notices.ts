import type { RowOf } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { expiringCards, expiringCardsOnClocks, expiringKeys, insertKeyNotices } from './notices-sql.ts'
import { type PlannedMail, writeMails } from './plan.ts'

const atOnce = 500
const cardDaysAhead = 30
const keyDaysAhead = 7
const daySeconds = 86_400

type Card = RowOf<ReturnType<typeof expiringCards>['statement']['columns']>

/** Tells of cards and API keys before they expire, of each once. */
export const expiryNotices = { name: 'expiry-notices', tick: planNotices, restMs: 60_000 }

async function planNotices(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  return transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx) => {
    const hasServer = deps.config.SMTP_URL !== ''
    const [real, onClocks, keys] = await tx.queryAll([
      expiringCards(monthOf(now), monthOf(now.add({ hours: 24 * cardDaysAhead })) - 1, atOnce, hasServer),
      expiringCardsOnClocks(atOnce),
      expiringKeys(now, now.add({ hours: 24 * keyDaysAhead }), keyDaysAhead * daySeconds, atOnce),
    ])
    const planned = [
      ...real.map((card) => noticeOf(card, now)),
      ...onClocks.map((card) => noticeOf(card, undefined)),
    ]
    writeMails(deps, tx, planned)
    if (keys.length > 0) {
      tx.defer(
        insertKeyNotices(
          keys.map(() => deps.ids.next()),
          keys.map(({ tenant_id }) => tenant_id),
          keys.map(({ email }) => email),
          keys.map(({ id }) => id),
          now,
        ),
      )
      tx.afterCommit(() => deps.bells.ring('mail'))
    }
    if (planned.length > 0) tx.afterCommit(() => deps.bells.ring('customer-mail'))
    return planned.length + keys.length > 0
  })
}

function monthOf(instant: Temporal.Instant): number {
  const { year, month } = instant.toZonedDateTimeISO('UTC')
  return year * 12 + month
}

/** The mail of a card: at once where it is real time, and where a clock has gone on to, thirty days ahead. */
function noticeOf(card: Card, now: Temporal.Instant | undefined): PlannedMail {
  const end = Temporal.PlainDate.from({ year: card.exp_year, month: card.exp_month, day: 1 })
    .add({ months: 1 })
    .toZonedDateTime('UTC')
    .toInstant()
  const at = now ?? latest(end.subtract({ hours: 24 * cardDaysAhead }), card.created_at)
  return {
    environmentId: card.environment_id,
    kind: 'CARD_EXPIRING',
    occasion: `card ${card.id} ${card.exp_year}-${card.exp_month}`,
    customerId: card.customer_id,
    subjectId: card.id,
    isTest: card.is_test,
    dueAt: at,
    occurredAt: at,
  }
}

function latest(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) > 0 ? a : b
}

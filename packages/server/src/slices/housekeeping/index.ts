import { command } from '../../db/statement.ts'
import type { Deps } from '../../deps.ts'
import { forgetDeliveries, forgetEndpoints } from '../webhooks/index.ts'
import { forgetAccountAnswers, forgetAnswers, keptHours } from '../../http/idempotency.ts'
import { forgetRequests } from '../keys/index.ts'
import { dropOldGenerations } from '../usage/index.ts'

const forgetSessions = command(
  'housekeeping.forget_sessions',
  `delete from sessions where expires_at < $1::timestamptz`,
)
const forgetResets = command(
  'housekeeping.forget_password_resets',
  `delete from password_resets where expires_at < $1::timestamptz`,
)
const forgetInvitations = command(
  'housekeeping.forget_invitations',
  `delete from invitations where expires_at < $1::timestamptz`,
)
const forgetMails = command(
  'housekeeping.forget_mails',
  `delete from mails where due_at is null and created_at < $1::timestamptz`,
)

const forgetCustomerMails = command(
  'housekeeping.forget_customer_mails',
  `delete from customer_mails where due_at is null and created_at < $1::timestamptz`,
)
const forgetRoutes = command(
  'housekeeping.forget_key_routes',
  `delete from api_key_routes where day < $1::date`,
)

const keptDays = 30
const keptRouteDays = 92

/** Below every id that was made from this instant on. */
function firstIdAt({ epochMilliseconds }: Temporal.Instant): string {
  const time = epochMilliseconds.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}

/** Removes what nobody can ask for any more: old answers, ended sessions, dead links, sent mails, old webhook deliveries, old requests, old events of usage. */
export const housekeeping = { name: 'housekeeping', tick, restMs: 600_000 }

async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const answersBefore = now.subtract({ hours: keptHours + 1 })
  const before = now.subtract({ hours: 24 * keptDays })
  for (const bound of [
    forgetAnswers(answersBefore),
    forgetAccountAnswers(answersBefore),
    forgetSessions(before),
    forgetResets(before),
    forgetInvitations(before),
    forgetMails(before),
    forgetCustomerMails(before),
    forgetRoutes(
      now
        .subtract({ hours: 24 * keptRouteDays })
        .toString()
        .slice(0, 10),
    ),
    forgetRequests(now.toString().slice(0, 10)),
  ]) {
    await deps.workerDb.query(bound)
  }
  const webhooksBefore = firstIdAt(before)
  while ((await deps.workerDb.query(forgetDeliveries(webhooksBefore))).some(({ gone }) => gone > 0n));
  await deps.workerDb.query(forgetEndpoints(before))
  await dropOldGenerations(deps.workerDb, now.epochMilliseconds, deps.config.USAGE_KEPT_DAYS)
  return false
}

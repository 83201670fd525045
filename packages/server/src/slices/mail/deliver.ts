import type { Deps } from '../../deps.ts'
import { catchMail } from './catcher.ts'
import { type DueMail, compose } from './compose.ts'
import { type Letter, type Sender, asText } from './letter.ts'
import { send, serverPost } from './post.ts'
import { claimMails, saveMail } from './sql.ts'

const claimedAtOnce = 10
/** Longer than the time-outs of a sending together. */
const leaseSeconds = 120
const mostAttempts = 5
const againAfterSeconds = [60, 300, 1800, 7200]

/** Who writes to members. */
export const ourselves: Sender = { name: 'NovaBilling', color: '#0b5fff', logo: null }

/** Sends the mails to members that are due. */
export async function deliverToMembers(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ seconds: leaseSeconds })
  const due = await deps.workerDb.query(claimMails(now, lease, claimedAtOnce))
  await Promise.all(due.map((one) => deliver(deps, one)))
  return due.length > 0
}

async function deliver(deps: Deps, due: DueMail & { attempt: number }): Promise<void> {
  const { id, attempt } = due
  try {
    const letter = await compose(deps, due)
    if (letter) await dispatch(deps, due, letter)
    await deps.workerDb.query(saveMail(id, attempt, letter ? deps.clock.now() : null, null, null))
  } catch (error) {
    const isLast = attempt >= mostAttempts
    deps.log.warn({ err: error, mail: id, attempt, isLast }, 'a mail could not be sent')
    const seconds = againAfterSeconds[Math.min(attempt, againAfterSeconds.length) - 1] ?? 7200
    const dueAt = isLast ? null : deps.clock.now().add({ seconds })
    await deps.workerDb.query(saveMail(id, attempt, null, reasonOf(error), dueAt))
  }
}

/** What went wrong, in a line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}

/** Over SMTP; without it, as in development, into the log, where the link can be taken from. */
async function dispatch(deps: Deps, { id, recipient }: DueMail, letter: Letter): Promise<void> {
  const post = serverPost(deps.config)
  if (post) return send(post, { id, recipient, letter, sender: ourselves })
  catchMail(deps, { recipient, letter, sender: ourselves, files: [] })
  const { subject } = letter
  deps.log.info({ to: recipient, subject, text: asText(letter) }, 'a mail (set SMTP_URL to have it sent)')
}

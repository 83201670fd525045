import { createTransport } from 'nodemailer'
import type { Deps } from '../../deps.ts'
import { type DueMail, compose } from './compose.ts'
import { type Letter, asHtml, asText } from './letter.ts'
import { claimMails, saveMail } from './sql.ts'

const claimedAtOnce = 10
/** Longer than the time-outs below together. */
const leaseSeconds = 120
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }
const mostAttempts = 5
const againAfterSeconds = [60, 300, 1800, 7200]

/** Sends the mails that are due. */
export const mail = { name: 'mail', tick: deliverDue, restMs: 1000 }

async function deliverDue(deps: Deps): Promise<boolean> {
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
    if (letter) await send(deps, due, letter)
    await deps.workerDb.query(saveMail(id, attempt, letter ? deps.clock.now() : null, null, null))
  } catch (error) {
    const isLast = attempt >= mostAttempts
    deps.log.warn({ err: error, mail: id, attempt, isLast }, 'a mail could not be sent')
    const reason = error instanceof Error ? error.message.slice(0, 500) : String(error)
    const seconds = againAfterSeconds[Math.min(attempt, againAfterSeconds.length) - 1] ?? 7200
    const dueAt = isLast ? null : deps.clock.now().add({ seconds })
    await deps.workerDb.query(saveMail(id, attempt, null, reason, dueAt))
  }
}

/** Over SMTP; without SMTP_URL, as in development, into the log, where the link can be taken from. */
export async function send(
  { config, log }: Pick<Deps, 'config' | 'log'>,
  { id, recipient }: Pick<DueMail, 'id' | 'recipient'>,
  letter: Letter,
): Promise<void> {
  const text = asText(letter)
  if (config.SMTP_URL === '') {
    log.info({ to: recipient, subject: letter.subject, text }, 'a mail (set SMTP_URL to have it sent)')
    return
  }
  const transport = createTransport(
    { url: config.SMTP_URL, ...timeouts },
    { from: config.MAIL_FROM, headers: { 'auto-submitted': 'auto-generated' } },
  )
  try {
    // The same id at each attempt lets the receiver's side see a repeat for what it is.
    const messageId = `<${id}@${/@([\w.-]+)/.exec(config.MAIL_FROM)?.[1] ?? 'novabilling'}>`
    await transport.sendMail({
      to: recipient,
      subject: letter.subject,
      text,
      html: asHtml(letter),
      messageId,
    })
  } finally {
    transport.close()
  }
}

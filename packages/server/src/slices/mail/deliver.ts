import { createTransport } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js'
import type { Config } from '../../config.ts'
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
    if (letter) await send(deps, serverPost(deps.config), due, letter)
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

/** Whose mail server takes a mail, and who it comes from. */
export type Post = { readonly options: SMTPTransport.Options; readonly from: string }

/** The server's own mail server; none without SMTP_URL. */
export function serverPost({ SMTP_URL, MAIL_FROM }: Config): Post | undefined {
  return SMTP_URL === '' ? undefined : { options: { url: SMTP_URL }, from: MAIL_FROM }
}

/** Over SMTP; without it, as in development, into the log, where the link can be taken from. */
export async function send(
  { log }: Pick<Deps, 'log'>,
  post: Post | undefined,
  { id, recipient }: Pick<DueMail, 'id' | 'recipient'>,
  letter: Letter,
): Promise<void> {
  const text = asText(letter)
  if (!post) {
    log.info({ to: recipient, subject: letter.subject, text }, 'a mail (set SMTP_URL to have it sent)')
    return
  }
  const transport = createTransport(
    { ...post.options, ...timeouts },
    { from: post.from, headers: { 'auto-submitted': 'auto-generated' } },
  )
  try {
    // The same id at each attempt lets the receiver's side see a repeat for what it is.
    const messageId = `<${id}@${/@([\w.-]+)/.exec(post.from)?.[1] ?? 'novabilling'}>`
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

import type { Deps } from '../../deps.ts'
import { inLanes } from '../payments/index.ts'
import { catchMail } from './catcher.ts'
import { reasonOf } from './deliver.ts'
import { isCaught } from './kinds.ts'
import { mailSeconds, mailsTotal } from './metrics.ts'
import { type ClaimedMail, claimLive, claimTests, saveCustomerMail } from './outbox-sql.ts'
import { planMails } from './plan.ts'
import { type Line, type Post, isUnreachable, openLine, ownPost, serverPost } from './post.ts'
import { type Written, senderOf, writeMail } from './write.ts'
import { type WriterRow, writerOf } from './write-sql.ts'

const claimedAtOnce = 25
/** To one mail server. */
const sentAtOnce = 4
/** Longer than the time-outs of what is claimed at once. */
const leaseSeconds = 300
const againAfterSeconds = [60, 300, 1800, 7200, 28_800, 86_400]
const mostAttempts = againAfterSeconds.length + 1

/** Whose mail server a mail goes by: a tenant's own, or the server's. */
const server = 'server'

type Taken = { readonly mail: ClaimedMail; readonly writer: WriterRow }

/**
 * One process's mails to customers. A tick plans what events call for and takes what is due; the sending goes on
 * beside it, one line to a mail server at a time, so that none that lets us wait delays the others.
 */
export class Outbox {
  readonly #deps: Deps
  readonly #lines = new Map<string, Promise<void>>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Whether there was anything to do. */
  async tick(): Promise<boolean> {
    const planned = await planMails(this.#deps)
    const taken = await this.#take()
    const byServer = Map.groupBy(taken, ({ writer }) => this.#serverOf(writer))
    for (const [name, mails] of byServer) {
      if (name === undefined) await inLanes(mails, sentAtOnce, (mail) => this.#keep(mail))
      else this.#begin(name, mails)
    }
    return planned || taken.length > 0
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    while (this.#lines.size > 0) await Promise.all(this.#lines.values())
  }

  async #take(): Promise<Taken[]> {
    const { clock, workerDb } = this.#deps
    const now = clock.now()
    const busy = [...this.#lines.keys()].filter((name) => name !== server)
    const values = [
      now,
      now.add({ seconds: leaseSeconds }),
      claimedAtOnce,
      busy,
      this.#lines.has(server),
    ] as const
    const mails = [
      ...(await workerDb.query(claimLive(...values))),
      ...(await workerDb.query(claimTests(...values))),
    ]
    const writers = new Map<string, WriterRow>()
    for (const environmentId of new Set(mails.map(({ environment_id }) => environment_id))) {
      const [writer] = await workerDb.query(writerOf(environmentId))
      if (writer) writers.set(environmentId, writer)
    }
    return mails.flatMap((mail) => {
      const writer = writers.get(mail.environment_id)
      return writer ? [{ mail, writer }] : []
    })
  }

  /** Undefined where mails are kept for a look. */
  #serverOf({ tenant_id, is_test, settings }: WriterRow): string | undefined {
    if (isCaught(settings.emails, is_test)) return undefined
    if (settings.smtp) return tenant_id
    return this.#deps.config.SMTP_URL === '' && is_test ? undefined : server
  }

  #begin(name: string, mails: readonly Taken[]): void {
    const running = this.#send(mails)
      .catch((error: unknown) => {
        // The database is away: what was taken is free again when its lease ends.
        this.#deps.log.error({ err: error }, 'mails are taken up again later')
      })
      .finally(() => {
        this.#lines.delete(name)
        this.#deps.bells.ring('customer-mail')
      })
    this.#lines.set(name, running)
  }

  async #send(mails: readonly Taken[]): Promise<void> {
    const [first] = mails
    if (!first) return
    const line = await this.#lineFor(first.writer)
    try {
      await inLanes(mails, sentAtOnce, (taken) => this.#sendOne(line, taken))
    } finally {
      if ('send' in line) line.close()
    }
  }

  /** A line to the mail server, or why there is none. */
  async #lineFor({
    tenant_id,
    settings,
    smtp_password_sealed,
  }: WriterRow): Promise<Line | { fault: unknown }> {
    try {
      const post: Post | undefined = settings.smtp
        ? await ownPost(this.#deps, tenant_id, settings.smtp, smtp_password_sealed)
        : serverPost(this.#deps.config)
      return post ? openLine(post, sentAtOnce) : { fault: new Error('No mail server is set any more.') }
    } catch (error) {
      return { fault: error }
    }
  }

  async #sendOne(line: Line | { fault: unknown }, { mail, writer }: Taken): Promise<void> {
    const end = mailSeconds.startTimer()
    const written = await this.#write({ mail, writer })
    if (!written) return this.#save(mail, { status: 'SKIPPED' })
    try {
      if ('fault' in line) throw line.fault
      if (line.fault !== undefined) throw line.fault
      const { settings } = writer
      await line.send({
        id: mail.id,
        recipient: written.recipient,
        letter: written.letter,
        sender: senderOf(writer),
        replyTo: settings.emails?.replyTo ?? null,
        attachments: await written.attach(),
        // By the server's mail server, but in the tenant's name.
        ...(settings.smtp ? {} : { displayName: writer.company_name }),
      })
    } catch (error) {
      // Those behind it are not made to wait for a server that cannot be reached.
      if ('send' in line && isUnreachable(error)) line.fault = error
      return this.#fail(mail, error)
    }
    end()
    await this.#save(mail, { status: 'SENT', written, sentAt: this.#deps.clock.now() })
  }

  async #keep(taken: Taken): Promise<void> {
    const written = await this.#write(taken)
    if (written && this.#deps.config.MAIL_CATCHER_PORT !== 0) await this.#show(taken.writer, written)
    // One that the disk has lost is written again: it went to nobody.
    const { clockDb } = this.#deps
    await this.#save(taken.mail, written ? { status: 'CAUGHT', written } : { status: 'SKIPPED' }, clockDb)
  }

  async #show(writer: WriterRow, { recipient, letter, attach }: Written): Promise<void> {
    const files = (await attach()).map(({ filename }) => filename)
    catchMail(this.#deps, { recipient, letter, sender: senderOf(writer), files })
  }

  async #write({ mail, writer }: Taken): Promise<Written | undefined> {
    const now = this.#deps.clock.now()
    return writeMail(this.#deps, writer, {
      environmentId: mail.environment_id,
      kind: mail.kind,
      customerId: mail.customer_id,
      subjectId: mail.subject_id,
      isAsked: mail.is_asked,
      recipient: mail.recipient,
      at: writer.is_test ? mail.due_at : now,
      occurredAt: mail.occurred_at,
    })
  }

  async #fail(mail: ClaimedMail, error: unknown): Promise<void> {
    const isLast = mail.attempt >= mostAttempts
    const { log, clock } = this.#deps
    log.warn({ err: error, mail: mail.id, attempt: mail.attempt, isLast }, 'a mail could not be sent')
    const seconds = againAfterSeconds[mail.attempt - 1] ?? 86_400
    await this.#save(mail, {
      status: isLast ? 'FAILED' : 'PENDING',
      failure: reasonOf(error),
      againAt: isLast ? null : clock.now().add({ seconds }),
    })
  }

  async #save(
    { environment_id, id, kind, attempt }: ClaimedMail,
    end: {
      status: string
      written?: Written
      failure?: string
      againAt?: Temporal.Instant | null
      sentAt?: Temporal.Instant
    },
    db = this.#deps.workerDb,
  ): Promise<void> {
    const { status, written, failure = null, againAt = null, sentAt = null } = end
    mailsTotal.inc({ kind, outcome: status })
    const letter = written ? JSON.stringify(written.kept) : null
    const recipient = written?.recipient ?? null
    await db.query(
      saveCustomerMail(environment_id, id, attempt, status, recipient, letter, failure, againAt, sentAt),
    )
  }
}

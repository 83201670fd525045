import { lookup } from 'node:dns/promises'
import { type SendMailOptions, createTransport } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js'
import type { Config } from '../../config.ts'
import type { Deps } from '../../deps.ts'
import { isPublicAddress } from '../../http/public-address.ts'
import { smtpPlace } from '../tenants/index.ts'
import { type Letter, type Sender, asText } from './letter.ts'
import { asHtml } from './render.ts'

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/** Whose mail server takes a mail, and who it comes from. */
export type Post = { readonly options: SMTPTransport.Options; readonly from: string }

/** The server's own mail server; none without SMTP_URL. */
export function serverPost({ SMTP_URL, MAIL_FROM }: Config): Post | undefined {
  return SMTP_URL === '' ? undefined : { options: { url: SMTP_URL }, from: MAIL_FROM }
}

/** A tenant's settings of its own mail server, as stored. */
export type OwnSmtp = {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly user: string | null
  readonly from: string
}

/**
 * A tenant's own mail server. Its name is resolved here, and what is connected to is the address that was looked at: a
 * name that led to the public network when it was set may lead into ours by now.
 * @throws Error where it leads into a private network
 */
export async function ownPost(
  { config, sealer }: Pick<Deps, 'config' | 'sealer'>,
  tenantId: string,
  { host, port, secure, user, from }: OwnSmtp,
  sealed: Uint8Array | null,
): Promise<Post> {
  const pass = sealed === null ? '' : sealer.open(sealed, smtpPlace(tenantId))
  const auth = user === null ? {} : { auth: { user, pass } }
  if (config.WEBHOOK_TARGETS === 'any') return { options: { host, port, secure, ...auth }, from }
  const { address } = await lookup(host)
  if (!isPublicAddress(address)) throw new Error(`${host} leads into a private network`)
  return { options: { host: address, port, secure, tls: { servername: host }, ...auth }, from }
}

/** A file that comes with a mail. */
export type Attachment = { readonly filename: string; readonly contentType: string; readonly content: Buffer }

/** A mail that is ready to go. */
export type Envelope = {
  /** The same at each attempt, so that the receiver's side sees a repeat for what it is. */
  readonly id: string
  readonly recipient: string
  readonly letter: Letter
  readonly sender: Sender
  /** Whose name stands before the sender's address, instead of the mail server's owner's. */
  readonly displayName?: string
  readonly replyTo?: string | null
  readonly attachments?: readonly Attachment[]
}

/** Connections to a mail server. `fault`: set once it was found to be away. */
export type Line = {
  send(envelope: Envelope): Promise<void>
  close(): void
  fault?: unknown
}

/** Opens a line that hands over so many mails at once. */
export function openLine({ options, from }: Post, atOnce: number): Line {
  // When a connection breaks, nobody knows whether the mail was taken: whether and when it is sent again is the outbox's
  // to decide, and not the library's, at once and up to five times.
  const pooled = { pool: true, maxConnections: atOnce, maxRequeues: 0 } as const
  const transport = createTransport({ ...options, ...timeouts, ...pooled })
  return {
    send: async (envelope) => {
      await transport.sendMail(await messageOf(from, envelope))
    },
    close: () => transport.close(),
  }
}

/** Hands one mail to a mail server. */
export async function send(post: Post, envelope: Envelope): Promise<void> {
  const line = openLine(post, 1)
  try {
    await line.send(envelope)
  } finally {
    line.close()
  }
}

/** Whether it is the mail server that is away, or does not know us, rather than a mail that it does not take. */
export function isUnreachable(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && /^(ECONN|ETIMEDOUT|EDNS|ENOTFOUND|ESOCKET|EAUTH|ETLS|EAI_)/.test(code)
}

async function messageOf(from: string, envelope: Envelope): Promise<SendMailOptions> {
  const { id, recipient, letter, sender, displayName, replyTo, attachments = [] } = envelope
  const { html, picture } = await asHtml(letter, sender)
  const inline = picture
    ? [{ cid: picture.id, contentType: picture.type, content: Buffer.from(picture.bytes) }]
    : []
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from
  return {
    from: displayName === undefined ? from : { name: displayName, address },
    to: { name: '', address: recipient },
    subject: letter.subject,
    text: asText(letter),
    html,
    messageId: `<${id}@${/@([\w.-]+)/.exec(from)?.[1] ?? 'novabilling'}>`,
    headers: { 'auto-submitted': 'auto-generated' },
    attachments: [...inline, ...attachments],
    ...(replyTo ? { replyTo } : {}),
  }
}

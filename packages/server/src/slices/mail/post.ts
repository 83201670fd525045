import { lookup } from 'node:dns/promises'
import { createTransport } from 'nodemailer'
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
type Attachment = { readonly filename: string; readonly contentType: string; readonly content: Buffer }

/** A mail that is ready to go. */
export type Envelope = {
  /** The same at each attempt, so that the receiver's side sees a repeat for what it is. */
  readonly id: string
  readonly recipient: string
  readonly letter: Letter
  readonly sender: Sender
  readonly from?: string
  readonly replyTo?: string | null
  readonly attachments?: readonly Attachment[]
}

/** Hands a mail to a mail server. */
export async function send(post: Post, { id, recipient, letter, sender, ...rest }: Envelope): Promise<void> {
  const from = rest.from ?? post.from
  const { html, picture } = await asHtml(letter, sender)
  const inline = picture
    ? [{ cid: picture.id, contentType: picture.type, content: Buffer.from(picture.bytes) }]
    : []
  const transport = createTransport(
    { ...post.options, ...timeouts },
    { from, headers: { 'auto-submitted': 'auto-generated' } },
  )
  try {
    await transport.sendMail({
      to: recipient,
      subject: letter.subject,
      text: asText(letter),
      html,
      messageId: `<${id}@${/@([\w.-]+)/.exec(from)?.[1] ?? 'novabilling'}>`,
      attachments: [...inline, ...(rest.attachments ?? [])],
      ...(rest.replyTo ? { replyTo: rest.replyTo } : {}),
    })
  } finally {
    transport.close()
  }
}

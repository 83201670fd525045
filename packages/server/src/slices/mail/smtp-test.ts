import { reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { administrators, sessionRoute } from '../../http/route.ts'
import { Email, closed, named } from '../../http/shapes.ts'
import { Refusal } from '../../refusal.ts'
import { smtpPlace, tenantById } from '../tenants/index.ts'
import { type Post, send, serverPost } from './deliver.ts'

/** Sends one mail now, through the tenant's own mail server if it has one, and tells what that said to it. */
async function sendTest(deps: Deps, tenantId: string, recipient: string): Promise<{ message: string }> {
  const post = (await tenantPost(deps, tenantId)) ?? serverPost(deps.config)
  try {
    await send(
      deps,
      post,
      { id: deps.ids.next(), recipient },
      {
        subject: 'Mail from NovaBilling works',
        greeting: 'Hello,',
        paragraphs: ['this mail was sent to see whether mail can be sent. It can.'],
        footer: 'Somebody who manages your NovaBilling account asked for it.',
      },
    )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Refusal('mail_failed', `The mail could not be sent: ${reason.slice(0, 300)}`)
  }
  const message = post
    ? `The mail server took the mail for ${recipient}.`
    : 'No mail server is set (settings.smtp, or SMTP_URL for all), so the mail was written to the log.'
  return { message }
}

/** The tenant's own mail server, if it has one. */
async function tenantPost(deps: Deps, tenantId: string): Promise<Post | undefined> {
  const [tenant] = await reader(deps.db, { tenantId }).query(tenantById(tenantId))
  const smtp = tenant?.settings.smtp
  if (!smtp) return undefined
  const sealed = tenant.smtp_password_sealed
  const pass = sealed === null ? '' : deps.sealer.open(sealed, smtpPlace(tenantId))
  const { host, port, secure, user, from } = smtp
  return { options: { host, port, secure, ...(user === null ? {} : { auth: { user, pass } }) }, from }
}

export const smtpRoutes = [
  sessionRoute({
    method: 'POST',
    url: '/tenants/me/smtp/test',
    operation: 'tenants.testSmtp',
    summary: 'Send a test mail',
    description:
      'Through your own mail server (`settings.smtp`) if you have set one. Tells what it answered when it would not take the mail.',
    roles: administrators,
    body: closed({ to: Email }),
    status: 200,
    response: named<{ message: string }>('Message'),
    handle: ({ deps, principal, body }) => sendTest(deps, principal.tenantId, body.to),
  }),
]

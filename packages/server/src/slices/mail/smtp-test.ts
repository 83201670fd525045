import { reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { administrators, sessionRoute } from '../../http/route.ts'
import { Email, closed, named } from '../../http/shapes.ts'
import { Refusal } from '../../refusal.ts'
import { tenantById } from '../tenants/index.ts'
import { ourselves, reasonOf } from './deliver.ts'
import { asText } from './letter.ts'
import { memberLetters } from './member-letters.ts'
import { ownPost, send, serverPost } from './post.ts'
import { speechIn } from './voice.ts'

/** Sends one mail now, through the tenant's own mail server if it has one, and tells what that said to it. */
async function sendTest(deps: Deps, tenantId: string, recipient: string): Promise<{ message: string }> {
  const [tenant] = await reader(deps.db, { tenantId }).query(tenantById(tenantId))
  if (!tenant) throw new Error('a tenant vanished')
  const { smtp, emails } = tenant.settings
  try {
    const post = smtp
      ? await ownPost(deps, tenantId, smtp, tenant.smtp_password_sealed)
      : serverPost(deps.config)
    const letter = memberLetters.test(speechIn(emails?.language))
    if (!post) {
      deps.log.info({ to: recipient, subject: letter.subject, text: asText(letter) }, 'a mail')
      return {
        message:
          'No mail server is set (settings.smtp, or SMTP_URL for all), so the mail was written to the log.',
      }
    }
    await send(post, { id: deps.ids.next(), recipient, letter, sender: ourselves })
  } catch (error) {
    throw new Refusal('mail_failed', `The mail could not be sent: ${reasonOf(error).slice(0, 300)}`)
  }
  return { message: `The mail server took the mail for ${recipient}.` }
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

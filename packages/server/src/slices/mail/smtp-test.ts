import type { Deps } from '../../deps.ts'
import { administrators, sessionRoute } from '../../http/route.ts'
import { Email, closed, named } from '../../http/shapes.ts'
import { Refusal } from '../../refusal.ts'
import { send } from './deliver.ts'

/** Sends one mail now, and tells what the mail server said if it would not take it. */
async function sendTest(deps: Deps, recipient: string): Promise<{ message: string }> {
  try {
    await send(
      deps,
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
  const message =
    deps.config.SMTP_URL === ''
      ? 'SMTP_URL is not set, so the mail was written to the log.'
      : `The mail server took the mail for ${recipient}.`
  return { message }
}

export const smtpRoutes = [
  sessionRoute({
    method: 'POST',
    url: '/tenants/me/smtp/test',
    operation: 'tenants.testSmtp',
    summary: 'Send a test mail',
    description: 'Tells what the mail server answered when it would not take it.',
    roles: administrators,
    body: closed({ to: Email }),
    status: 200,
    response: named<{ message: string }>('Message'),
    handle: ({ deps, body }) => sendTest(deps, body.to),
  }),
]

import type { Deps } from '../../deps.ts'
import { randomToken, sha256 } from '../../secrets.ts'
import type { Letter } from './letter.ts'
import { type MailPayload, armInvitation, insertReset, memberByEmail } from './sql.ts'

const resetHours = 1

/** A mail that is due. */
export type DueMail = {
  readonly id: string
  readonly tenant_id: string | null
  readonly kind: 'password_reset' | 'invitation' | 'test' | 'webhook_disabled'
  readonly recipient: string
  readonly payload: MailPayload
}

/**
 * What a mail says, or undefined when there is nothing to say any more. A token is made here, at the last moment:
 * only its hash is stored, and it travels in the fragment of a link, which no server ever logs.
 */
export async function compose(deps: Deps, mail: DueMail): Promise<Letter | undefined> {
  switch (mail.kind) {
    case 'password_reset':
      return passwordReset(deps, mail)
    case 'invitation':
      return invitation(deps, mail)
    case 'webhook_disabled':
      return webhookDisabled(mail)
    case 'test':
      return {
        subject: 'A test from NovaBilling',
        greeting: 'Hello,',
        paragraphs: ['this mail shows that your SMTP settings work. There is nothing to do.'],
        footer: 'You get this mail because somebody of your account asked for a test.',
      }
  }
}

function webhookDisabled({ payload: { url = '', reason = '' } }: DueMail): Letter {
  return {
    subject: 'A webhook endpoint was switched off',
    greeting: 'Hello,',
    paragraphs: [
      `we have stopped sending webhooks to ${url}.`,
      reason,
      'What could not be delivered is kept. When the endpoint works again, switch it on and read what it missed from the event log.',
    ],
    footer: 'You get this mail because you manage this NovaBilling account.',
  }
}

async function passwordReset(deps: Deps, { recipient }: DueMail): Promise<Letter | undefined> {
  const [member] = await deps.workerDb.query(memberByEmail(recipient))
  if (!member) return undefined
  const token = randomToken()
  const expiresAt = deps.clock.now().add({ hours: resetHours })
  await deps.workerDb.query(
    insertReset(member.tenant_id, deps.ids.next(), member.id, sha256(token), expiresAt),
  )
  return {
    subject: 'Set a new password',
    greeting: `Hello ${member.name},`,
    paragraphs: [
      'somebody, hopefully you, asked for a new password for your NovaBilling account.',
      'The link works once and for an hour. Setting a new password signs you out everywhere.',
    ],
    button: { label: 'Set a new password', url: link(deps, 'reset-password', token) },
    footer: 'If it was not you, there is nothing to do: your password stays as it is.',
  }
}

async function invitation(deps: Deps, mail: DueMail): Promise<Letter | undefined> {
  const { invitationId } = mail.payload
  if (invitationId === undefined || mail.tenant_id === null) return undefined
  const token = randomToken()
  const [invited] = await deps.workerDb.query(
    armInvitation(mail.tenant_id, invitationId, deps.clock.now(), sha256(token)),
  )
  if (!invited) return undefined
  return {
    subject: `${invited.name} invites you to ${invited.company_name}`,
    greeting: 'Hello,',
    paragraphs: [
      `${invited.name} invites you to work with the billing of ${invited.company_name} on NovaBilling.`,
      `The link works once, until ${invited.expires_at.toString({ smallestUnit: 'minute' }).replace('T', ' ').replace('Z', ' UTC')}.`,
    ],
    button: { label: 'Accept the invitation', url: link(deps, 'accept-invitation', token) },
    footer: 'If you do not know what this is about, ignore this mail.',
  }
}

function link({ config }: Deps, page: string, token: string): string {
  const base = config.PUBLIC_URL || `http://localhost:${config.PORT}`
  return `${base.replace(/\/+$/, '')}/${page}#token=${token}`
}

import type { Deps } from '../../deps.ts'
import { publicUrl } from '../../http/hosted-links.ts'
import { randomToken, sha256 } from '../../secrets.ts'
import type { Letter } from './letter.ts'
import { memberLetters } from './member-letters.ts'
import {
  type MailPayload,
  armInvitation,
  insertReset,
  keyToTellOf,
  languageOf,
  memberByEmail,
} from './sql.ts'
import { speechIn } from './voice.ts'

const resetHours = 1

/** A mail to a member that is due. */
export type DueMail = {
  readonly id: string
  readonly tenant_id: string | null
  readonly kind: 'password_reset' | 'invitation' | 'test' | 'webhook_disabled' | 'key_expiring'
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
      return webhookDisabled(deps, mail)
    case 'key_expiring':
      return keyExpiring(deps, mail)
    case 'test':
      return memberLetters.test(speechIn('en'))
  }
}

async function keyExpiring(
  deps: Deps,
  { tenant_id, recipient, payload: { keyId } }: DueMail,
): Promise<Letter | undefined> {
  if (keyId === undefined) return undefined
  const [key] = await deps.workerDb.query(keyToTellOf(tenant_id, keyId, deps.clock.now(), recipient))
  if (!key?.expires_at || key.member_name === null) return undefined
  return memberLetters.keyExpiring(speechIn(key.language), {
    member: key.member_name,
    company: key.company_name,
    key: key.name,
    environment: key.environment,
    day: key.expires_at.toZonedDateTimeISO(key.timezone).toPlainDate().toString(),
  })
}

async function webhookDisabled(deps: Deps, { tenant_id, payload }: DueMail): Promise<Letter> {
  const [tenant] = await deps.workerDb.query(languageOf(tenant_id))
  const { url = '', reason = '', why, lastStatus = null, days = 0 } = payload
  return memberLetters.webhookDisabled(speechIn(tenant?.language), { url, reason, why, lastStatus, days })
}

async function passwordReset(deps: Deps, { recipient }: DueMail): Promise<Letter | undefined> {
  const [member] = await deps.workerDb.query(memberByEmail(recipient))
  if (!member) return undefined
  const token = randomToken()
  const expiresAt = deps.clock.now().add({ hours: resetHours })
  await deps.workerDb.query(
    insertReset(member.tenant_id, deps.ids.next(), member.id, sha256(token), expiresAt),
  )
  const url = link(deps, 'reset-password', token)
  return memberLetters.passwordReset(speechIn(member.language), { name: member.name, url })
}

async function invitation(deps: Deps, mail: DueMail): Promise<Letter | undefined> {
  const { invitationId } = mail.payload
  if (invitationId === undefined || mail.tenant_id === null) return undefined
  const token = randomToken()
  const [invited] = await deps.workerDb.query(
    armInvitation(mail.tenant_id, invitationId, deps.clock.now(), sha256(token)),
  )
  if (!invited) return undefined
  const { name, company_name: company, expires_at: expiresAt, language } = invited
  const url = link(deps, 'accept-invitation', token)
  return memberLetters.invitation(speechIn(language), { name, company, url, expiresAt })
}

function link(deps: Deps, page: string, token: string): string {
  return `${publicUrl(deps)}/${page}#token=${token}`
}

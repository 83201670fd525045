import {
  command,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

/** What a mail is about, by its kind. */
export type MailPayload = {
  readonly invitationId?: string
  readonly keyId?: string
  readonly url?: string
  readonly reason?: string
  /** Of an endpoint that was switched off; a mail from before that told so has the reason only. */
  readonly why?: 'GONE' | 'SILENT'
  readonly lastStatus?: number | null
  readonly days?: number
}

/** Takes mails that are due: the attempt is counted before anything is done, and the next one is set. */
export const claimMails = statement(
  'mail.claim',
  `update mails m
   set attempt = m.attempt + 1, due_at = $2
   from (
     select id from mails where due_at <= $1::timestamptz order by due_at limit $3::integer for update skip locked
   ) due
   where m.id = due.id
   returning m.id, m.tenant_id, m.kind, m.recipient, m.payload, m.attempt`,
  {
    id: uuid,
    tenant_id: nullable(uuid),
    kind: oneOf('password_reset', 'invitation', 'test', 'webhook_disabled', 'key_expiring'),
    recipient: text,
    payload: json<MailPayload>(),
    attempt: integer,
  },
)

/** The end of an attempt, unless somebody else has begun another: sent, given up, or due again. */
export const saveMail = command(
  'mail.save',
  `update mails set sent_at = $3, failure = $4, due_at = $5 where id = $1::uuid and attempt = $2::integer`,
)

export const memberByEmail = statement(
  'mail.member_by_email',
  `select m.tenant_id, m.id, m.name, t.settings->'emails'->>'language' as language
   from members m
   join tenants t on t.id = m.tenant_id
   where m.email = $1`,
  { tenant_id: uuid, id: uuid, name: text, language: nullable(text) },
)

/** The language that a tenant has chosen for its mails. */
export const languageOf = statement(
  'mail.language_of_tenant',
  `select settings->'emails'->>'language' as language from tenants where id = $1::uuid`,
  { language: nullable(text) },
)

export const insertReset = command(
  'mail.insert_reset',
  `insert into password_resets (tenant_id, id, member_id, token_hash, expires_at) values ($1, $2, $3, $4, $5)`,
)

/** Gives an invitation that is still open the token of the mail that is about to be sent. */
export const armInvitation = statement(
  'mail.arm_invitation',
  `update invitations i
   set token_hash = $4
   from tenants t, members m
   where i.tenant_id = $1::uuid and i.id = $2::uuid and i.accepted_at is null and i.expires_at > $3::timestamptz
     and t.id = i.tenant_id and m.tenant_id = i.tenant_id and m.id = i.invited_by
   returning t.company_name, m.name, i.expires_at, t.settings->'emails'->>'language' as language`,
  { company_name: text, name: text, expires_at: instant, language: nullable(text) },
)

/** A key that is about to expire, unless it was revoked meanwhile. */
export const keyToTellOf = statement(
  'mail.key',
  `select k.name, v.name as environment, k.expires_at, t.company_name, t.timezone, t.settings->'emails'->>'language' as language,
     m.name as member_name
   from api_keys k
   join environments v on v.tenant_id = k.tenant_id and v.id = k.environment_id
   join tenants t on t.id = k.tenant_id
   left join members m on m.tenant_id = k.tenant_id and m.email = $4
   where k.tenant_id = $1::uuid and k.id = $2::uuid and k.revoked_at is null and k.expires_at > $3::timestamptz`,
  {
    name: text,
    environment: text,
    expires_at: nullable(instant),
    company_name: text,
    timezone: text,
    language: nullable(text),
    member_name: nullable(text),
  },
)

import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import {
  Country,
  Currency,
  Email,
  Instant,
  TimeZone,
  closed,
  oneOf,
  orNull,
  words,
} from '../../http/shapes.ts'

/** 8 to 128 characters, none of which is changed or cut. */
const NewPassword = Type.String({ minLength: 8, maxLength: 128, description: '8 to 128 characters' })
const OldPassword = Type.String({ minLength: 1, maxLength: 128 })
const Token = Type.String({ minLength: 1, maxLength: 4096 })
const roles = ['OWNER', 'ADMIN', 'MEMBER', 'VIEWER'] as const
const grantableRole = oneOf(['ADMIN', 'MEMBER', 'VIEWER'])

export const Session = Type.Object(
  {
    accessToken: Type.String({ description: 'Works for an hour' }),
    refreshToken: Type.String({ description: 'Works once, within 30 days' }),
  },
  { $id: 'Session' },
)
export type Session = Static<typeof Session>

export const Register = closed({
  name: Type.String({ minLength: 2, maxLength: 100, pattern: String.raw`\S` }),
  email: Email,
  password: NewPassword,
  companyName: Type.String({ minLength: 2, maxLength: 200, pattern: String.raw`\S` }),
  country: Type.Optional(Country),
  currency: Type.Optional(Currency),
  timezone: Type.Optional(TimeZone),
})
export type Register = Static<typeof Register>

const TotpCode = Type.String({
  minLength: 6,
  maxLength: 40,
  description: 'The six digits that the authenticator app shows, or a recovery code',
})
export const Login = closed({
  email: Type.String({ minLength: 1, maxLength: 254 }),
  password: OldPassword,
  totpCode: Type.Optional(
    Type.Unsafe<string>({
      ...TotpCode,
      description: 'With two-factor on: the six digits of the app, or a recovery code',
    }),
  ),
})
export type Login = Static<typeof Login>

export const Refresh = closed({ refreshToken: Token })
export const ForgotPassword = closed({ email: Email })
export const ResetPassword = closed({ token: Token, newPassword: NewPassword })
export type ResetPassword = Static<typeof ResetPassword>
export const AcceptInvitation = closed({
  token: Token,
  name: Type.String({ minLength: 2, maxLength: 100, pattern: String.raw`\S` }),
  password: NewPassword,
})
export type AcceptInvitation = Static<typeof AcceptInvitation>

export const ShowCode = closed({ totpCode: TotpCode })

export const TwoFactor = Type.Object(
  { isOn: Type.Boolean(), since: orNull(Instant), recoveryCodesLeft: Type.Integer() },
  { $id: 'TwoFactor' },
)
export type TwoFactor = Static<typeof TwoFactor>

export const TwoFactorEnrolment = Type.Object(
  {
    secret: Type.String({ description: 'In base32, to be typed into an authenticator app' }),
    uri: Type.String({ description: '`otpauth://…`: the same as a QR code says it' }),
  },
  { $id: 'TwoFactorEnrolment' },
)
export type TwoFactorEnrolment = Static<typeof TwoFactorEnrolment>

export const RecoveryCodes = Type.Object(
  {
    recoveryCodes: Type.Array(Type.String(), {
      description: 'Each signs in once instead of a code; shown in this answer and nowhere else',
    }),
  },
  { $id: 'RecoveryCodes' },
)
export type RecoveryCodes = Static<typeof RecoveryCodes>

export const Message = Type.Object({ message: Type.String() }, { $id: 'Message' })
export type Message = Static<typeof Message>

export const Member = Type.Object(
  {
    id: Type.String(),
    email: Type.String(),
    name: Type.String(),
    role: oneOf(roles),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Member' },
)
export type Member = Static<typeof Member>

export const Invite = closed({ email: Email, role: grantableRole })
export type Invite = Static<typeof Invite>

export const Invitation = Type.Object(
  { id: Type.String(), email: Type.String(), role: grantableRole, createdAt: Instant, expiresAt: Instant },
  { $id: 'Invitation' },
)
export type Invitation = Static<typeof Invitation>

export const ChangeRole = closed({ role: grantableRole })
export const ListMembers = closed(pageQuery)
export const ListSessions = closed(pageQuery)

export const OpenSession = Type.Object(
  {
    id: Type.String(),
    memberId: Type.String(),
    createdAt: Instant,
    lastRefreshedAt: Instant,
    expiresAt: Instant,
    ip: Type.String(),
    userAgent: Type.String(),
    current: Type.Boolean({ description: 'The session that asks' }),
  },
  { $id: 'OpenSession' },
)
export type OpenSession = Static<typeof OpenSession>

export const AuditEntry = Type.Object(
  {
    id: Type.String(),
    action: Type.String(),
    actor: orNull(Type.String({ description: 'The member who did it; null when nobody was signed in' })),
    target: Type.String(),
    details: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
    ip: orNull(Type.String({ description: 'null for what the server did by itself' })),
    requestId: orNull(Type.String()),
    at: Instant,
    hash: Type.String({ description: 'SHA-256 of the hash before and this entry, in hex' }),
  },
  { $id: 'AuditEntry' },
)
export type AuditEntry = Static<typeof AuditEntry>

export const ListAuditLog = closed({
  ...pageQuery,
  action: Type.Optional(words(60)),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
})
export type ListAuditLog = Static<typeof ListAuditLog>

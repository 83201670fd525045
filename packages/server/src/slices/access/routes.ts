import { pageOf } from '../../http/pages.ts'
import { administrators, publicRoute, sessionRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { publicId } from '../../ids.ts'
import { audit } from '../../http/audit.ts'
import { listAuditLog } from './audit-log.ts'
import { login } from './login.ts'
import { acceptInvitation, changeRole, inviteMember, listMembers, removeMember } from './members.ts'
import { listSessions, revokeSession } from './open-sessions.ts'
import { refresh } from './refresh.ts'
import { register } from './register.ts'
import { forgotPassword, resetPassword } from './reset-password.ts'
import {
  AcceptInvitation,
  type AuditEntry,
  ChangeRole,
  ForgotPassword,
  type Invitation,
  Invite,
  ListAuditLog,
  ListMembers,
  ListSessions,
  Login,
  type Member,
  type Message,
  type OpenSession,
  type RecoveryCodes,
  Refresh,
  Register,
  ResetPassword,
  type Session,
  ShowCode,
  type TwoFactor,
  type TwoFactorEnrolment,
} from './schema.ts'
import { endSession, startSession } from './sessions.ts'
import { confirmTwoFactor, endTwoFactor, readTwoFactor, startTwoFactor } from './two-factor.ts'

const session = named<Session>('Session')
const message = named<Message>('Message')
const member = named<Member>('Member')

export const authRoutes = [
  publicRoute({
    method: 'POST',
    url: '/auth/register',
    operation: 'auth.register',
    summary: 'Open an account',
    description: 'Makes the tenant, its owner, a `live` and a `test` environment, and signs the owner in.',
    body: Register,
    status: 201,
    response: session,
    handle: ({ deps, request, body }) => register(deps, request, body, startSession),
  }),
  publicRoute({
    method: 'POST',
    url: '/auth/login',
    operation: 'auth.login',
    summary: 'Sign in',
    description:
      'Where the member has two-factor on, `totpCode` is needed as well. A right password without it is answered with 401 and the header `NovaBilling-Two-Factor: required`.',
    body: Login,
    status: 200,
    response: session,
    handle: ({ deps, runtime, request, body }) => login(deps, runtime.logins, request, body, startSession),
  }),
  publicRoute({
    method: 'POST',
    url: '/auth/refresh',
    operation: 'auth.refresh',
    summary: 'Get the next pair of tokens',
    description:
      'A refresh token works once; used again it ends its session. A client that lost the answer repeats the request with the same `Idempotency-Key` within 60 seconds and gets the same tokens.',
    body: Refresh,
    status: 200,
    response: session,
    handle: ({ deps, request, body }) => refresh(deps, request, body.refreshToken),
  }),
  sessionRoute({
    method: 'POST',
    url: '/auth/logout',
    operation: 'auth.logout',
    summary: 'End the session',
    status: 204,
    write: async (tx, { deps, principal, request }) => {
      tx.defer(endSession(principal.tenantId, principal.sessionId, tx.now))
      audit(deps, tx, request, principal, {
        action: 'session.ended',
        target: publicId('session', principal.sessionId),
      })
    },
  }),
  publicRoute({
    method: 'POST',
    url: '/auth/forgot-password',
    operation: 'auth.forgotPassword',
    summary: 'Ask for a link to set a new password',
    body: ForgotPassword,
    status: 200,
    response: message,
    handle: async ({ deps, runtime, request, body }) => {
      await forgotPassword(deps, runtime.logins, request.ip, body.email)
      return { message: 'If an account has this address, a link to set a new password is on its way.' }
    },
  }),
  publicRoute({
    method: 'POST',
    url: '/auth/reset-password',
    operation: 'auth.resetPassword',
    summary: 'Set a new password with a mailed token',
    description: 'Ends every session of the member.',
    body: ResetPassword,
    status: 200,
    response: message,
    handle: async ({ deps, request, body }) => {
      await resetPassword(deps, request, body)
      return { message: 'The new password is set. Sign in with it.' }
    },
  }),
  publicRoute({
    method: 'POST',
    url: '/auth/accept-invitation',
    operation: 'auth.acceptInvitation',
    summary: 'Become a member with a mailed token',
    body: AcceptInvitation,
    status: 201,
    response: session,
    handle: ({ deps, request, body }) => acceptInvitation(deps, request, body, startSession),
  }),
]

export const twoFactorRoutes = [
  sessionRoute({
    method: 'GET',
    url: '/auth/two-factor',
    operation: 'twoFactor.get',
    summary: 'Whether you sign in with a second factor',
    status: 200,
    response: named<TwoFactor>('TwoFactor'),
    read: (reader, { principal }) => readTwoFactor(reader, principal),
  }),
  sessionRoute({
    method: 'POST',
    url: '/auth/two-factor',
    operation: 'twoFactor.start',
    summary: 'Begin with a second factor',
    description:
      'Enter the secret into an authenticator app (TOTP, RFC 6238). It counts once a code of it is confirmed; asking again makes another.',
    status: 201,
    response: named<TwoFactorEnrolment>('TwoFactorEnrolment'),
    write: (tx, { deps, principal }) => startTwoFactor(deps, tx, principal),
  }),
  sessionRoute({
    method: 'POST',
    url: '/auth/two-factor/confirm',
    operation: 'twoFactor.confirm',
    summary: 'Switch the second factor on',
    description: 'The answer has ten recovery codes, for the day the device is lost.',
    body: ShowCode,
    status: 200,
    response: named<RecoveryCodes>('RecoveryCodes'),
    write: (tx, { deps, principal, request, body }) =>
      confirmTwoFactor(deps, tx, principal, request, body.totpCode),
  }),
  sessionRoute({
    method: 'POST',
    url: '/auth/two-factor/disable',
    operation: 'twoFactor.disable',
    summary: 'Switch the second factor off',
    body: ShowCode,
    status: 204,
    write: (tx, { deps, runtime, principal, request, body }) =>
      endTwoFactor(deps, runtime.logins, tx, principal, request, body.totpCode),
  }),
]

export const memberRoutes = [
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/members',
    operation: 'members.list',
    summary: 'List members',
    query: ListMembers,
    status: 200,
    response: pageOf(member),
    read: (reader, { deps, query }) => listMembers(deps, reader, query),
  }),
  sessionRoute({
    method: 'POST',
    url: '/tenants/me/members/invitations',
    operation: 'members.invite',
    summary: 'Invite somebody by mail',
    description: 'The link works for a week. A second invitation to the same address replaces the first.',
    roles: administrators,
    body: Invite,
    status: 201,
    response: named<Invitation>('Invitation'),
    write: (tx, { deps, principal, request, body }) => inviteMember(deps, tx, principal, request, body),
  }),
  sessionRoute({
    method: 'PATCH',
    url: '/tenants/me/members/:id',
    operation: 'members.update',
    summary: "Change a member's role",
    roles: administrators,
    params: PathId,
    body: ChangeRole,
    status: 200,
    response: member,
    write: (tx, { deps, principal, request, params, body }) =>
      changeRole(deps, tx, principal, request, params.id, body.role),
  }),
  sessionRoute({
    method: 'DELETE',
    url: '/tenants/me/members/:id',
    operation: 'members.remove',
    summary: 'Remove a member',
    roles: administrators,
    params: PathId,
    status: 204,
    write: (tx, { deps, principal, request, params }) =>
      removeMember(deps, tx, principal, request, params.id),
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/sessions',
    operation: 'sessions.list',
    summary: 'List open sessions',
    description: "A member's own; an owner or administrator sees everyone's.",
    query: ListSessions,
    status: 200,
    response: pageOf(named<OpenSession>('OpenSession')),
    read: (reader, { deps, principal, query }) => listSessions(deps, reader, principal, query),
  }),
  sessionRoute({
    method: 'DELETE',
    url: '/tenants/me/sessions/:id',
    operation: 'sessions.revoke',
    summary: 'End a session',
    params: PathId,
    status: 204,
    write: (tx, { deps, principal, request, params }) =>
      revokeSession(deps, tx, principal, request, params.id),
  }),
  sessionRoute({
    method: 'GET',
    url: '/tenants/me/audit-log',
    operation: 'auditLog.list',
    summary: 'What happened to the account',
    description:
      'Append-only. Each entry is chained to the one before by its hash, so a change to the past shows.',
    roles: administrators,
    query: ListAuditLog,
    status: 200,
    response: pageOf(named<AuditEntry>('AuditEntry')),
    read: (reader, { deps, query }) => listAuditLog(deps, reader, query),
  }),
]

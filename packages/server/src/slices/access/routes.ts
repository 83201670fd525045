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
  Refresh,
  Register,
  ResetPassword,
  type Session,
} from './schema.ts'
import { endSession, startSession } from './sessions.ts'

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

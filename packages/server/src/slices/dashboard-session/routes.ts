import { isFromOwnPage } from '../../http/dashboard-cookie.ts'
import { audit } from '../../http/audit.ts'
import { Forbidden } from '../../http/problems.ts'
import { publicRoute, sessionRoute } from '../../http/route.ts'
import { publicId } from '../../ids.ts'
import {
  AcceptInvitation,
  Login,
  Register,
  acceptInvitation,
  endSession,
  login,
  register,
} from '../access/index.ts'
import { readVisit } from './read-visit.ts'
import { Visit } from './schema.ts'
import { endVisit, startVisit } from './sign-in.ts'

/** No page of another site signs anybody in: they would work in an account that is not theirs. */
function fromOwnPage(request: Parameters<typeof isFromOwnPage>[0]): void {
  if (!isFromOwnPage(request)) throw new Forbidden('a request from the dashboard')
}

export const routes = [
  publicRoute({
    method: 'POST',
    url: '/dashboard/session',
    operation: 'dashboard.signIn',
    internal: true,
    summary: 'Sign in to the dashboard',
    body: Login,
    status: 200,
    response: Visit,
    handle: ({ deps, runtime, request, reply, body }) => {
      fromOwnPage(request)
      return login(deps, runtime.logins, request, body, startVisit(reply))
    },
  }),
  publicRoute({
    method: 'POST',
    url: '/dashboard/register',
    operation: 'dashboard.register',
    internal: true,
    summary: 'Open an account and sign in to the dashboard',
    body: Register,
    status: 201,
    response: Visit,
    handle: ({ deps, request, reply, body }) => {
      fromOwnPage(request)
      return register(deps, request, body, startVisit(reply))
    },
  }),
  publicRoute({
    method: 'POST',
    url: '/dashboard/accept-invitation',
    operation: 'dashboard.acceptInvitation',
    internal: true,
    summary: 'Become a member and sign in to the dashboard',
    body: AcceptInvitation,
    status: 201,
    response: Visit,
    handle: ({ deps, request, reply, body }) => {
      fromOwnPage(request)
      return acceptInvitation(deps, request, body, startVisit(reply))
    },
  }),
  sessionRoute({
    method: 'GET',
    url: '/dashboard/session',
    operation: 'dashboard.visit',
    internal: true,
    summary: 'Who is signed in',
    status: 200,
    response: Visit,
    read: (reader, { principal }) => readVisit(reader, principal.tenantId, principal.memberId),
  }),
  sessionRoute({
    method: 'DELETE',
    url: '/dashboard/session',
    operation: 'dashboard.signOut',
    internal: true,
    summary: 'Sign out of the dashboard',
    status: 204,
    write: async (tx, { deps, principal, request, reply }) => {
      tx.defer(endSession(principal.tenantId, principal.sessionId, tx.now))
      audit(deps, tx, request, principal, {
        action: 'session.ended',
        target: publicId('session', principal.sessionId),
      })
      endVisit(reply)
    },
  }),
]

import type { Slice } from '../../http/route.ts'
import { authRoutes, memberRoutes, twoFactorRoutes } from './routes.ts'
import {
  AuditEntry,
  Invitation,
  Member,
  Message,
  OpenSession,
  RecoveryCodes,
  Session,
  TwoFactor,
  TwoFactorEnrolment,
} from './schema.ts'

export const access: Slice = {
  name: 'access',
  title: 'Access',
  description: 'Accounts, sessions, members and the audit log.',
  routes: [...authRoutes, ...twoFactorRoutes, ...memberRoutes],
  schemas: [
    AuditEntry,
    Invitation,
    Member,
    Message,
    OpenSession,
    RecoveryCodes,
    Session,
    TwoFactor,
    TwoFactorEnrolment,
  ],
  constraints: { members_email_key: 'tenant_email_taken' },
}

export { audit, auditUnattended } from '../../http/audit.ts'
export { listAuditLog } from './audit-log.ts'
export { login } from './login.ts'
export { acceptInvitation } from './members.ts'
export { insertEnvironment, register } from './register.ts'
export {
  AcceptInvitation,
  type AuditEntry as PresentedAuditEntry,
  ListAuditLog,
  Login,
  Register,
} from './schema.ts'
export { type StartSession, endSession, openSession } from './sessions.ts'

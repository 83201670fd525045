import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type RowOf, boolean, command, instant, oneOf, statement, text, uuid } from '../../db/statement.ts'
import { type Reader, type Tx, transaction } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { sha256 } from '../../secrets.ts'
import { audit } from '../../http/audit.ts'
import { checkPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { insertMember } from './register.ts'
import type { AcceptInvitation, Invitation, Invite, Member } from './schema.ts'
import type { StartSession } from './sessions.ts'

const invitationDays = 7

const memberColumns = {
  id: uuid,
  email: text,
  name: text,
  role: oneOf('OWNER', 'ADMIN', 'MEMBER', 'VIEWER'),
  created_at: instant,
  updated_at: instant,
}
const memberSelect = Object.keys(memberColumns).join(', ')

const lockMember = statement(
  'access.lock_member',
  `select ${memberSelect} from members where tenant_id = $1::uuid and id = $2::uuid for update`,
  memberColumns,
)
const setRole = command(
  'access.set_role',
  `update members set role = $3, updated_at = $4 where tenant_id = $1::uuid and id = $2::uuid`,
)
const deleteMember = command(
  'access.delete_member',
  `delete from members where tenant_id = $1::uuid and id = $2::uuid`,
)
const emailTaken = statement(
  'access.email_taken',
  `select exists (select from member_by_email($1)) as taken`,
  { taken: boolean },
)
/** A second invitation to the same address takes the place of the first, whose link dies. */
const saveInvitation = command(
  'access.save_invitation',
  `insert into invitations (tenant_id, id, email, role, invited_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (tenant_id, email) where accepted_at is null
   do update set id = excluded.id, role = excluded.role, token_hash = null, invited_by = excluded.invited_by,
     created_at = excluded.created_at, expires_at = excluded.expires_at`,
)
const mailInvitation = command(
  'access.mail_invitation',
  `insert into mails (id, tenant_id, kind, recipient, payload, due_at, created_at)
   values ($1, $2, 'invitation', $3, $4, $5, $5)`,
)
const invitationByHash = statement(
  'access.invitation_by_hash',
  `select tenant_id, id from invitation_by_hash($1)`,
  {
    tenant_id: uuid,
    id: uuid,
  },
)
const acceptInvitationRow = statement(
  'access.accept_invitation',
  `update invitations set accepted_at = $3
   where tenant_id = $1::uuid and id = $2::uuid and accepted_at is null and expires_at > $3
   returning email, role`,
  { email: text, role: oneOf('ADMIN', 'MEMBER', 'VIEWER') },
)

/** The members of a tenant, oldest first. */
export function listMembers(
  deps: Deps,
  reader: Reader,
  query: { page?: number; limit?: number; cursor?: string },
): Promise<Page<Member>> {
  return listPage({
    deps,
    reader,
    name: 'access.members',
    from: 'members',
    select: memberSelect,
    columns: memberColumns,
    where: [fragment`tenant_id = ${reader.scope.tenantId}::uuid`],
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: false },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentMember,
  })
}

/** Invites somebody: the mail with the link goes out right after, and the link works for a week. */
export async function inviteMember(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  { email: address, role }: Invite,
): Promise<Invitation> {
  const email = address.toLowerCase()
  const [found] = await tx.query(emailTaken(email))
  if (found?.taken) throw new Refusal('member_email_taken')

  const { tenantId } = tx.scope
  const id = deps.ids.next()
  const expiresAt = tx.now.add({ hours: invitationDays * 24 })
  tx.defer(saveInvitation(tenantId, id, email, role, by.memberId, tx.now, expiresAt))
  tx.defer(mailInvitation(deps.ids.next(), tenantId, email, JSON.stringify({ invitationId: id }), tx.now))
  const invitation = publicId('invitation', id)
  audit(deps, tx, request, by, { action: 'member.invited', target: invitation, details: { role } })
  return { id: invitation, email, role, createdAt: isoInstant(tx.now), expiresAt: isoInstant(expiresAt) }
}

/** Makes the invited person a member, by the mailed token, and signs them in. */
export async function acceptInvitation<R>(
  deps: Deps,
  request: FastifyRequest,
  input: AcceptInvitation,
  start: StartSession<R>,
): Promise<R> {
  const [found] = await deps.db.query(invitationByHash(sha256(input.token)))
  if (!found) throw new Refusal('invitation_invalid')
  const tenantId = found.tenant_id
  const passwordHash = await hashPassword(input.password)
  return transaction(deps.db, { scope: { tenantId }, now: deps.clock.now() }, async (tx) => {
    const [invitation] = await tx.query(acceptInvitationRow(tenantId, found.id, tx.now))
    if (!invitation) throw new Refusal('invitation_invalid')
    checkPassword('password', input.password, invitation.email)

    const memberId = deps.ids.next()
    tx.defer(
      insertMember(tenantId, memberId, invitation.email, input.name, passwordHash, invitation.role, tx.now),
    )
    audit(deps, tx, request, { memberId }, { action: 'member.joined', target: publicId('member', memberId) })
    return start(deps, tx, memberId, request)
  })
}

/** Gives a member another role. The owner's stays. */
export async function changeRole(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  id: string,
  role: Exclude<Member['role'], 'OWNER'>,
): Promise<Member> {
  const current = await findMember(tx, id)
  if (current.role === 'OWNER') throw new Refusal('member_is_owner')

  tx.defer(setRole(tx.scope.tenantId, current.id, role, tx.now))
  audit(deps, tx, request, by, {
    action: 'member.role_changed',
    target: id,
    details: { from: current.role, to: role },
  })
  return presentMember({ ...current, role, updated_at: tx.now })
}

/** Removes a member; their sessions end with them. */
export async function removeMember(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  id: string,
): Promise<void> {
  const current = await findMember(tx, id)
  if (current.role === 'OWNER') throw new Refusal('member_is_owner')

  tx.defer(deleteMember(tx.scope.tenantId, current.id))
  audit(deps, tx, request, by, { action: 'member.removed', target: id })
}

async function findMember(tx: Tx, id: string): Promise<RowOf<typeof memberColumns>> {
  const stored = parseId('member', id)
  const [row] = stored === undefined ? [] : await tx.query(lockMember(tx.scope.tenantId, stored))
  if (!row) throw new Refusal('member_not_found')
  return row
}

function presentMember(row: RowOf<typeof memberColumns>): Member {
  const { email, name, role } = row
  return {
    id: publicId('member', row.id),
    email,
    name,
    role,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

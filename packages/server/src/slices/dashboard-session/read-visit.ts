import { oneOf, statement, text, uuid } from '../../db/statement.ts'
import type { Reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import type { Visit } from './schema.ts'

const memberById = statement(
  'dashboard.member_by_id',
  `select m.id, m.name, m.email, m.role, t.id as tenant_id, t.company_name, t.currency, t.timezone
   from members m join tenants t on t.id = m.tenant_id where m.tenant_id = $1::uuid and m.id = $2::uuid`,
  {
    id: uuid,
    name: text,
    email: text,
    role: oneOf('OWNER', 'ADMIN', 'MEMBER', 'VIEWER'),
    tenant_id: uuid,
    company_name: text,
    currency: text,
    timezone: text,
  },
)
const environmentsOf = statement(
  'dashboard.environments_of',
  `select id, name, kind from environments where tenant_id = $1::uuid order by kind, created_at, id`,
  { id: uuid, name: text, kind: oneOf('LIVE', 'TEST') },
)

export async function readVisit(
  reader: Pick<Reader, 'queryAll'>,
  tenantId: string,
  memberId: string,
): Promise<Visit> {
  const [[member], environments] = await reader.queryAll([
    memberById(tenantId, memberId),
    environmentsOf(tenantId),
  ])
  if (!member) throw new Error('a member vanished')
  const { name, email, role, currency, timezone } = member
  return {
    member: { id: publicId('member', member.id), name, email, role },
    tenant: { id: publicId('tenant', member.tenant_id), name: member.company_name, currency, timezone },
    environments: environments.map((row) => ({
      id: publicId('environment', row.id),
      name: row.name,
      kind: row.kind,
    })),
  }
}

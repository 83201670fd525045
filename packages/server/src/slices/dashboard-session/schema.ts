import { Type, type Static } from 'typebox'
import { oneOf } from '../../http/shapes.ts'

/** Who is signed in: what the dashboard needs before its first page. */
export const Visit = Type.Object({
  member: Type.Object({
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    role: oneOf(['OWNER', 'ADMIN', 'MEMBER', 'VIEWER']),
  }),
  tenant: Type.Object({
    id: Type.String(),
    name: Type.String(),
    currency: Type.String(),
    timezone: Type.String(),
  }),
  environments: Type.Array(
    Type.Object({ id: Type.String(), name: Type.String(), kind: oneOf(['LIVE', 'TEST']) }),
  ),
})
export type Visit = Static<typeof Visit>

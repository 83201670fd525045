import { StartupError } from '../startup-error.ts'
import type { Pool } from './pool.ts'
import { bigint, boolean, statement, text } from './statement.ts'

const whoAmI = statement(
  'roles.who_am_i',
  `select current_user::text as name, r.rolsuper as is_superuser, r.rolbypassrls as bypasses_rls,
     (select count(*) from pg_class c where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace) as owned
   from pg_roles r where r.rolname = current_user`,
  { name: text, is_superuser: boolean, bypasses_rls: boolean, owned: bigint },
)

/**
 * Isolation between tenants rests on row-level security, which superusers, BYPASSRLS roles and owners escape.
 * @throws StartupError when the role could escape it
 */
export async function checkRole(pool: Pool, variable: string): Promise<void> {
  const [role] = await pool.query(whoAmI())
  if (!role) throw new StartupError(`The role of ${variable} is not known to PostgreSQL.`)
  const fix = `Use a plain role for ${variable}, or leave it out and let DATABASE_URL's owner make one.`
  if (role.is_superuser)
    throw new StartupError(
      `The role ${role.name} of ${variable} is a superuser, which escapes the isolation between tenants. ${fix}`,
    )
  if (role.bypasses_rls)
    throw new StartupError(
      `The role ${role.name} of ${variable} has BYPASSRLS, which escapes the isolation between tenants. ${fix}`,
    )
  if (role.owned > 0n)
    throw new StartupError(
      `The role ${role.name} of ${variable} owns tables, which lets it change their policies. ${fix}`,
    )
}

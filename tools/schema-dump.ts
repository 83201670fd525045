import pg from 'pg'

/** The schema as one readable text: tables, keys, indexes, triggers, policies, grants, functions. Same schema, same text. */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const parts: string[] = ['-- Written by `npm run generate` from the migrations; not to be edited.']
    for (const { name } of (await client.query(tables)).rows as { name: string }[]) {
      const lines = async (query: string): Promise<string[]> =>
        ((await client.query(query, [name])).rows as { line: string }[]).map(({ line }) => line)
      parts.push(
        `create table ${name} (\n${[...(await lines(columns)), ...(await lines(constraints))].map((line) => `  ${line}`).join(',\n')}\n);`,
      )
      const more = [
        ...(await lines(indexes)),
        ...(await lines(triggers)),
        ...(await lines(security)),
        ...(await lines(policies)),
        ...(await lines(grants)),
      ]
      if (more.length > 0) parts.push(more.map((line) => `${line};`).join('\n'))
    }
    for (const { line } of (await client.query(functions)).rows as { line: string }[])
      parts.push(`${line.trim()};`)
    return `${parts.join('\n\n')}\n`
  } finally {
    await client.end()
  }
}

const tables = `
  select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`
const columns = `
  select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`
// PostgreSQL 18 also lists not-null as constraints; the columns say it already, on every version.
const constraints = `
  select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line
  from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u', 'f', 'c', 'x') order by contype, conname`
const indexes = `
  select pg_get_indexdef(i.indexrelid) as line from pg_index i
  where i.indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
  order by line`
const triggers = `
  select pg_get_triggerdef(oid) as line from pg_trigger where tgrelid = $1::regclass and not tgisinternal order by tgname`
const security = `
  select 'alter table ' || relname || case when relforcerowsecurity then ' force row level security' else ' enable row level security' end as line
  from pg_class where oid = $1::regclass and relrowsecurity`
const policies = `
  select 'create policy ' || polname || ' on ' || polrelid::regclass
    || coalesce(' to ' || (select string_agg(rolname, ', ' order by rolname) from pg_roles where oid = any (polroles)), '')
    || coalesce(' using ' || pg_get_expr(polqual, polrelid), '')
    || coalesce(' with check ' || pg_get_expr(polwithcheck, polrelid), '') as line
  from pg_policy where polrelid = $1::regclass order by polname`
const grants = `
  select 'grant ' || string_agg(lower(privilege_type), ', ' order by privilege_type) || ' on ' || table_name || ' to ' || grantee as line
  from information_schema.role_table_grants
  where table_schema = 'public' and table_name = $1 and grantee like 'nova\\_%'
  group by table_name, grantee order by grantee`
const functions = `
  select pg_get_functiondef(p.oid) || ' -- owner: ' || case when r.rolname like 'nova\\_%' then r.rolname else 'the migrating role' end as line
  from pg_proc p join pg_roles r on r.oid = p.proowner
  where p.pronamespace = 'public'::regnamespace order by p.proname`

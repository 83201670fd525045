-- Three roles, none of which owns a table:
--   nova_api     answers requests; sees one scope at a time through row-level security
--   nova_worker  runs what is due, across tenants by design
--   nova_lookup  cannot log in; owns the few functions that run before a principal is known
-- They are made, and get their passwords, by the migrate command; here they get their rights.
grant usage on schema public to nova_api, nova_worker, nova_lookup;

create function scope_tenant() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('nova.tenant', true), '')::uuid;

create function scope_environment() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('nova.environment', true), '')::uuid;

create function refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

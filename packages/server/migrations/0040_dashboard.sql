-- A session of the dashboard: what its cookie holds is known by its hash alone. The session itself is one like any
-- other, so it is listed, revoked and ended by a new password with the others; no token is ever made for it.
create table dashboard_sessions (
  tenant_id uuid not null,
  id uuid not null,
  token_hash bytea not null,
  last_seen_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, id) references sessions on delete cascade
);
create unique index dashboard_sessions_token_hash_key on dashboard_sessions (token_hash);

alter table dashboard_sessions enable row level security;
alter table dashboard_sessions force row level security;
create policy tenant on dashboard_sessions using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on dashboard_sessions to nova_worker using (true) with check (true);
create policy lookup on dashboard_sessions to nova_lookup using (true) with check (true);
grant insert on dashboard_sessions to nova_api;
grant select, delete on dashboard_sessions to nova_worker;
grant select, update on dashboard_sessions to nova_lookup;
grant select on sessions to nova_lookup;

-- Who a cookie belongs to, if it has been used within the last half hour, which this use prolongs. An environment is
-- named by the page, and found only if it is the tenant's own.
create function use_dashboard_session(wanted bytea, environment uuid, at timestamptz)
  returns table (
    tenant_id uuid, session_id uuid, member_id uuid, role text, environment_kind text
  )
  language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  update public.dashboard_sessions d set last_seen_at = at
  where d.token_hash = wanted and d.last_seen_at <= at - interval '1 minute' and d.last_seen_at > at - interval '30 minutes';

  select d.tenant_id, d.id, s.member_id, m.role, e.kind
  from public.dashboard_sessions d
  join public.sessions s on s.tenant_id = d.tenant_id and s.id = d.id
  join public.members m on m.tenant_id = s.tenant_id and m.id = s.member_id
  left join public.environments e on e.tenant_id = d.tenant_id and e.id = environment
  where d.token_hash = wanted and d.last_seen_at > at - interval '30 minutes'
    and s.revoked_at is null and s.expires_at > at;
end;

grant create on schema public to nova_lookup;
alter function use_dashboard_session(bytea, uuid, timestamptz) owner to nova_lookup;
revoke all on function use_dashboard_session(bytea, uuid, timestamptz) from public;
grant execute on function use_dashboard_session(bytea, uuid, timestamptz) to nova_api;
revoke create on schema public from nova_lookup;

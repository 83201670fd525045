-- What each key asked for, by day, route and how it ended: to be watched, not to bill by.
create table api_key_routes (
  tenant_id uuid not null,
  api_key_id uuid not null,
  day date not null,
  operation text not null,
  status smallint not null,
  requests bigint not null,
  primary key (tenant_id, api_key_id, day, operation, status),
  foreign key (tenant_id, api_key_id) references api_keys
);

-- The requests of the last seven days one by one. A ring of ten tables, one a day by turns: what is old goes with the
-- whole table, long before its turn comes again.
create table request_log (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  -- (day - 2000-01-01) modulo 10
  slot smallint not null,
  day date not null,
  at timestamptz not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  -- why it was refused
  code text,
  duration_ms integer not null,
  ip text not null,
  primary key (tenant_id, environment_id, id, slot)
) partition by list (slot);

do $$
declare
  name text;
  slot integer;
begin
  for slot in 0 .. 9 loop
    execute format('create table request_log_%s partition of request_log for values in (%s)', slot, slot);
  end loop;
  foreach name in array array['api_key_routes', 'request_log'] || array(select 'request_log_' || s from generate_series(0, 9) s)
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('create policy lookup on %I to nova_lookup using (true) with check (true)', name);
  end loop;
end $$;
grant select on api_key_routes, request_log to nova_api, nova_worker;
grant delete on api_key_routes to nova_worker;
grant select, insert, update on api_key_routes to nova_lookup;
grant insert on request_log to nova_lookup;

create function record_key_routes(
  tenants uuid[], keys uuid[], days date[], operations text[], statuses smallint[], counts bigint[]
)
  returns void
  language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.api_key_routes as known (tenant_id, api_key_id, day, operation, status, requests)
  select u.tenant_id, u.api_key_id, u.day, u.operation, u.status, u.requests
  from unnest(tenants, keys, days, operations, statuses, counts)
    as u (tenant_id, api_key_id, day, operation, status, requests)
  order by 1, 2, 3, 4, 5
  on conflict (tenant_id, api_key_id, day, operation, status)
    do update set requests = known.requests + excluded.requests;
end;

create function record_requests(
  tenants uuid[], environments uuid[], ids uuid[], days date[], instants timestamptz[], keys uuid[], methods text[],
  paths text[], operations text[], statuses smallint[], codes text[], durations integer[], ips text[]
)
  returns void
  language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.request_log (tenant_id, environment_id, id, slot, day, at, api_key_id, method, path, operation,
    status, code, duration_ms, ip)
  select u.tenant_id, u.environment_id, u.id, (u.day - date '2000-01-01') % 10, u.day, u.at, u.api_key_id, u.method,
    u.path, u.operation, u.status, u.code, u.duration_ms, u.ip
  from unnest(tenants, environments, ids, days, instants, keys, methods, paths, operations, statuses, codes, durations, ips)
    as u (tenant_id, environment_id, id, day, at, api_key_id, method, path, operation, status, code, duration_ms, ip)
  on conflict do nothing;
end;

-- Empties the table whose day is over: of ten days, the one that is neither tomorrow, today nor one of the seven before.
create function forget_requests(today date) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public as $$
declare
  name text := 'request_log_' || (today + 2 - date '2000-01-01') % 10;
begin
  if pg_relation_size(format('public.%I', name)::regclass) > 0 then
    execute format('truncate public.%I', name);
  end if;
end $$;
revoke all on function forget_requests(date) from public;
grant execute on function forget_requests(date) to nova_worker;

grant create on schema public to nova_lookup;
do $$
declare
  name text;
begin
  foreach name in array array['record_key_routes(uuid[], uuid[], date[], text[], smallint[], bigint[])',
    'record_requests(uuid[], uuid[], uuid[], date[], timestamptz[], uuid[], text[], text[], text[], smallint[], text[], integer[], text[])']
  loop
    execute format('alter function %s owner to nova_lookup', name);
    execute format('revoke all on function %s from public', name);
    execute format('grant execute on function %s to nova_api', name);
  end loop;
end $$;
revoke create on schema public from nova_lookup;

-- The second factor of a member: on once a code of it has been shown.
create table second_factors (
  tenant_id uuid not null,
  member_id uuid not null,
  secret_sealed bytea not null,
  confirmed_at timestamptz,
  -- the thirty seconds of the last code that was taken: none is taken twice
  last_step bigint not null,
  created_at timestamptz not null,
  primary key (tenant_id, member_id),
  foreign key (tenant_id, member_id) references members on delete cascade
);

-- For who has lost the device: each works once.
create table recovery_codes (
  tenant_id uuid not null,
  member_id uuid not null,
  code_hash bytea not null,
  primary key (tenant_id, member_id, code_hash),
  foreign key (tenant_id, member_id) references second_factors on delete cascade
);

do $$
declare
  name text;
begin
  foreach name in array array['second_factors', 'recovery_codes']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant())', name);
    execute format('grant select, insert, delete on %I to nova_api', name);
  end loop;
end $$;
grant update on second_factors to nova_api;

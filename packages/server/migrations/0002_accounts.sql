create table tenants (
  id uuid primary key,
  name text not null,
  company_name text not null,
  country char(2),
  currency char(3) not null,
  timezone text not null,
  webhook_url text,
  settings jsonb not null,
  -- of settings.smtp; sealed, and never shown again
  smtp_password_sealed bytea,
  rate_limit_per_minute integer check (rate_limit_per_minute > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table environments (
  tenant_id uuid not null references tenants,
  id uuid primary key,
  kind text not null check (kind in ('LIVE', 'TEST')),
  name text not null,
  -- null while the environment follows real time
  clock_now timestamptz,
  clock_target timestamptz,
  clock_from timestamptz,
  clock_status text not null default 'IDLE' check (clock_status in ('IDLE', 'RUNNING', 'FAILED')),
  clock_error text,
  created_at timestamptz not null,
  unique (tenant_id, id),
  unique (tenant_id, name),
  check (kind = 'TEST' or clock_now is null)
);
create unique index environments_one_live on environments (tenant_id) where kind = 'LIVE';

create table members (
  tenant_id uuid not null references tenants,
  id uuid not null,
  email text not null check (email = lower(email)),
  name text not null,
  password_hash text not null,
  role text not null check (role in ('OWNER', 'ADMIN', 'MEMBER', 'VIEWER')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
-- A person signs in with an e-mail alone, so it is unique over all tenants.
create unique index members_email_key on members (email);

create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- the one refresh token that still works, when it was made, and the one before it
  refresh_id uuid not null,
  refreshed_at timestamptz not null,
  previous_refresh_id uuid,
  -- SHA-256 of the Idempotency-Key that made the present token, so that a lost answer can be repeated
  replay_key_hash bytea,
  ip text not null,
  user_agent text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, member_id) references members on delete cascade
);
create index sessions_member on sessions (tenant_id, member_id);

create table password_resets (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  token_hash bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, member_id) references members on delete cascade
);
create unique index password_resets_token_hash_key on password_resets (token_hash);

create table invitations (
  tenant_id uuid not null references tenants,
  id uuid not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('ADMIN', 'MEMBER', 'VIEWER')),
  token_hash bytea,
  invited_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  primary key (tenant_id, id)
);
create unique index invitations_open on invitations (tenant_id, email) where accepted_at is null;
create unique index invitations_token_hash_key on invitations (token_hash);

create table api_keys (
  tenant_id uuid not null,
  id uuid not null,
  environment_id uuid not null,
  name text not null,
  prefix text not null,
  last4 text not null,
  hash bytea not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  allowed_ips text[] not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, environment_id) references environments (tenant_id, id)
);
create unique index api_keys_hash_key on api_keys (hash);

create table api_key_usage (
  tenant_id uuid not null,
  api_key_id uuid not null,
  day date not null,
  requests bigint not null,
  primary key (tenant_id, api_key_id, day),
  foreign key (tenant_id, api_key_id) references api_keys
);

create table account_idempotency_keys (
  tenant_id uuid not null references tenants,
  key text not null,
  fingerprint bytea not null,
  status integer not null,
  -- sealed, because some of these answers carry a secret
  body bytea not null,
  created_at timestamptz not null,
  primary key (tenant_id, key)
);
create index account_idempotency_keys_created on account_idempotency_keys (created_at);

create table audit_heads (
  tenant_id uuid primary key references tenants,
  seq bigint not null,
  hash bytea not null
);

create table audit_log (
  tenant_id uuid not null references tenants,
  seq bigint not null,
  id uuid not null,
  at timestamptz not null,
  action text not null,
  -- json, not jsonb: the hash is over these very characters
  entry json not null,
  hash bytea not null,
  primary key (tenant_id, seq)
);
create index audit_log_at on audit_log (tenant_id, at);
create trigger audit_log_append_only before update or delete on audit_log
  for each statement execute function refuse_change();

-- Outgoing mail. A row names what to say to whom and holds no secret: a token is made when it is sent.
create table mails (
  id uuid primary key,
  tenant_id uuid references tenants,
  kind text not null check (kind in ('password_reset', 'invitation', 'test')),
  recipient text not null,
  payload jsonb not null,
  due_at timestamptz,
  attempt integer not null default 0,
  failure text,
  sent_at timestamptz,
  created_at timestamptz not null
);
create index mails_due on mails (due_at) where due_at is not null;

do $$
declare
  name text;
begin
  foreach name in array array['environments', 'members', 'sessions', 'password_resets', 'invitations', 'api_keys',
    'api_key_usage', 'account_idempotency_keys', 'audit_heads', 'audit_log', 'mails']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('create policy lookup on %I to nova_lookup using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to nova_worker', name);
  end loop;
end $$;

alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant on tenants using (id = scope_tenant()) with check (id = scope_tenant());
create policy worker on tenants to nova_worker using (true) with check (true);
create policy lookup on tenants to nova_lookup using (true) with check (true);

grant select, insert, update on tenants to nova_api;
grant select, update on tenants to nova_worker;
grant select, insert, update, delete on environments, members, sessions, invitations, api_keys to nova_api;
grant select, insert, update on password_resets to nova_api;
grant select on api_key_usage, audit_log to nova_api;
grant select, insert on account_idempotency_keys, mails to nova_api;
revoke update, delete on audit_log, audit_heads from nova_worker;

grant select on tenants, environments, members, invitations, password_resets, api_keys to nova_lookup;
grant update on api_keys to nova_lookup;
grant select, insert, update on api_key_usage, audit_heads to nova_lookup;
grant insert on audit_log, mails to nova_lookup;

-- What has to be read before the principal is known. Each is owned by nova_lookup and sees only this.

create function member_by_email(wanted text)
  returns table (tenant_id uuid, member_id uuid, password_hash text)
  language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select m.tenant_id, m.id, m.password_hash from public.members m where m.email = wanted;
end;

create function key_by_hash(wanted bytea)
  returns table (
    key_id uuid, tenant_id uuid, environment_id uuid, environment_kind text, scopes text[], allowed_ips text[],
    expires_at timestamptz, revoked_at timestamptz, rate_limit_per_minute integer
  )
  language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select k.id, k.tenant_id, k.environment_id, e.kind, k.scopes, k.allowed_ips, k.expires_at, k.revoked_at,
    t.rate_limit_per_minute
  from public.api_keys k
  join public.environments e on e.tenant_id = k.tenant_id and e.id = k.environment_id
  join public.tenants t on t.id = k.tenant_id
  where k.hash = wanted;
end;

create function password_reset_by_hash(wanted bytea)
  returns table (tenant_id uuid, id uuid)
  language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select r.tenant_id, r.id from public.password_resets r where r.token_hash = wanted;
end;

create function invitation_by_hash(wanted bytea)
  returns table (tenant_id uuid, id uuid)
  language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select i.tenant_id, i.id from public.invitations i where i.token_hash = wanted;
end;

-- The same work for a known and an unknown address: who it is, is found when the mail is sent.
create function request_password_reset(id uuid, address text, at timestamptz)
  returns void
  language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.mails (id, tenant_id, kind, recipient, payload, due_at, created_at)
  values (request_password_reset.id, null, 'password_reset', address, '{}', at, at);
end;

create function record_key_usage(tenants uuid[], keys uuid[], days date[], counts bigint[], used_at timestamptz[])
  returns void
  language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.api_key_usage as usage (tenant_id, api_key_id, day, requests)
  select u.tenant_id, u.api_key_id, u.day, u.requests
  from unnest(tenants, keys, days, counts) as u (tenant_id, api_key_id, day, requests)
  on conflict (tenant_id, api_key_id, day) do update set requests = usage.requests + excluded.requests;

  update public.api_keys k
  set last_used_at = u.used_at
  from unnest(tenants, keys, used_at) as u (tenant_id, id, used_at)
  where k.tenant_id = u.tenant_id and k.id = u.id and (k.last_used_at is null or k.last_used_at < u.used_at);
end;

-- One link more on the tenant's chain: hash = SHA-256(previous hash, entry). The head row is locked, so the
-- chain cannot fork.
create function append_audit(tenant uuid, entry_id uuid, at timestamptz, action text, entry text)
  returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public as $$
declare
  head public.audit_heads;
begin
  insert into public.audit_heads (tenant_id, seq, hash) values (tenant, 0, '') on conflict (tenant_id) do nothing;
  select * into strict head from public.audit_heads h where h.tenant_id = tenant for update;
  head.seq := head.seq + 1;
  head.hash := sha256(head.hash || convert_to(entry, 'UTF8'));
  insert into public.audit_log (tenant_id, seq, id, at, action, entry, hash)
  values (tenant, head.seq, entry_id, at, action, entry::json, head.hash);
  update public.audit_heads h set seq = head.seq, hash = head.hash where h.tenant_id = tenant;
end $$;

grant create on schema public to nova_lookup;
do $$
declare
  name text;
begin
  foreach name in array array['member_by_email(text)', 'key_by_hash(bytea)', 'password_reset_by_hash(bytea)',
    'invitation_by_hash(bytea)', 'request_password_reset(uuid, text, timestamptz)',
    'record_key_usage(uuid[], uuid[], date[], bigint[], timestamptz[])',
    'append_audit(uuid, uuid, timestamptz, text, text)']
  loop
    execute format('alter function %s owner to nova_lookup', name);
    execute format('revoke all on function %s from public', name);
    execute format('grant execute on function %s to nova_api, nova_worker', name);
  end loop;
end $$;
revoke create on schema public from nova_lookup;

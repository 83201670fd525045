-- Logos of tenants, by what they are: the SHA-256 of their bytes. What was issued with one keeps it, so none ever goes.
create table logos (
  tenant_id uuid not null references tenants,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/png', 'image/jpeg', 'image/svg+xml')),
  bytes bytea not null check (length(bytes) <= 1048576),
  created_at timestamptz not null,
  primary key (tenant_id, digest)
);
alter table logos enable row level security;
create policy tenant on logos using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on logos to nova_worker using (true) with check (true);
grant select, insert on logos to nova_api;
grant select on logos to nova_worker;

alter table tenants add column logo_digest text;

-- Until now a logo was among the settings. The owner of the tables may be held to row-level security too.
alter table tenants no force row level security;
with found as (
  select id, updated_at, substring(settings->>'logo' from '^data:(image/(?:png|jpeg|svg\+xml));base64,') as media_type,
    substring(settings->>'logo' from ';base64,([A-Za-z0-9+/]+={0,2})$') as content
  from tenants
), read as (
  select id, updated_at, media_type, decode(content, 'base64') as bytes
  from found
  where media_type is not null and length(content) % 4 = 0
)
insert into logos (tenant_id, digest, media_type, bytes, created_at)
select id, encode(sha256(bytes), 'hex'), media_type, bytes, updated_at from read;
update tenants t
set settings = t.settings - 'logo',
  logo_digest = (select l.digest from logos l where l.tenant_id = t.id)
where t.settings ? 'logo';
alter table tenants force row level security;
alter table logos force row level security;

-- How a credit note came about: what was left of its invoice, line by line, and what was asked for. Never changed.
create table credit_note_derivations (
  environment_id uuid not null,
  credit_note_id uuid not null,
  derivation json not null,
  primary key (environment_id, credit_note_id),
  foreign key (environment_id, credit_note_id) references credit_notes
);
alter table credit_note_derivations enable row level security;
alter table credit_note_derivations force row level security;
create policy environment on credit_note_derivations
  using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on credit_note_derivations to nova_worker using (true) with check (true);
grant select, insert on credit_note_derivations to nova_api, nova_worker;

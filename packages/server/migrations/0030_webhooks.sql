-- The stream of events in the order of their commits: for those who read it, and for what is sent out.
create index events_stream on events (environment_id, transaction, id);

-- Where a tenant wants to hear of its events.
create table webhook_endpoints (
  environment_id uuid not null references environments on delete cascade,
  id uuid not null,
  tenant_id uuid not null references tenants,
  -- the tenant's webhookUrl in this environment
  is_default boolean not null,
  url text not null,
  description text,
  -- what it hears: kinds of events, all of a resource (invoice.*), or everything (*)
  events text[] not null check (cardinality(events) > 0),
  -- whose events these are: who manages it has to be allowed to write them, who looks at it to read them
  resources text[] not null,
  secret_sealed bytea not null,
  -- signs as well until its time is over
  previous_secret_sealed bytea,
  previous_secret_until timestamptz,
  is_active boolean not null,
  disabled_at timestamptz,
  disabled_reason text,
  archived_at timestamptz,
  -- up to where it has read the stream; it begins with its own transaction
  read_transaction xid8 not null,
  read_event_id uuid not null,
  -- what it hears has been the same since this transaction, and every delivery since then is still kept
  steady_since xid8 not null,
  -- since when nothing has got through, in real time as all that follows
  failing_since timestamptz,
  -- when a delivery is due; null while a process is at work on it, and while there is none
  due_at timestamptz,
  lease_until timestamptz,
  attempt integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  check ((previous_secret_sealed is null) = (previous_secret_until is null)),
  check (not is_active or disabled_at is null)
);
create unique index webhook_endpoints_default_key on webhook_endpoints (environment_id) where is_default;
create index webhook_endpoints_created on webhook_endpoints (environment_id, created_at, id);
create index webhook_endpoints_due on webhook_endpoints (due_at) where due_at is not null;
create index webhook_endpoints_leased on webhook_endpoints (lease_until) where lease_until is not null;

-- One event on its way to one endpoint.
create table webhook_deliveries (
  environment_id uuid not null,
  id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  -- the event's
  transaction xid8 not null,
  status text not null check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
  -- counted before it is sent; given up after the last
  attempt integer not null default 0,
  last_attempt integer not null,
  due_at timestamptz,
  -- what came of each attempt
  attempts jsonb not null default '[]',
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, endpoint_id) references webhook_endpoints on delete cascade,
  check ((status = 'PENDING') = (due_at is not null))
);
create unique index webhook_deliveries_event_key on webhook_deliveries (environment_id, endpoint_id, event_id);
create index webhook_deliveries_due on webhook_deliveries (environment_id, endpoint_id, due_at, event_id)
  where due_at is not null;

do $$
declare
  name text;
begin
  foreach name in array array['webhook_endpoints', 'webhook_deliveries']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to nova_api', name);
    execute format('grant select, insert, update, delete on %I to nova_worker', name);
  end loop;
end $$;
-- The account sets the default endpoints of all its environments; a key sees those of its own only.
create policy account on webhook_endpoints
  using (is_default and scope_environment() is null and tenant_id = scope_tenant())
  with check (is_default and scope_environment() is null and tenant_id = scope_tenant());

alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check
  check (kind in ('password_reset', 'invitation', 'test', 'webhook_disabled'));

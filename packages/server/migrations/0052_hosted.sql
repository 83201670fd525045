-- Whose page a signed link opens, before it is known who follows it. What is signed names an environment and a customer
-- or an invoice; a customer that is archived has no page any more, and an invoice that is settled has one for 90 days.
create policy lookup on customers to nova_lookup using (true) with check (true);
create policy lookup on invoices to nova_lookup using (true) with check (true);
grant select on customers, invoices to nova_lookup;

create function portal_of_customer(environment uuid, customer uuid)
  returns table (tenant_id uuid, environment_kind text)
  language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select e.tenant_id, e.kind
  from public.customers c
  join public.environments e on e.id = c.environment_id
  where c.environment_id = environment and c.id = customer and c.status = 'ACTIVE';
end;

create function page_of_invoice(environment uuid, invoice uuid, at timestamptz)
  returns table (tenant_id uuid, environment_kind text, customer_id uuid)
  language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select e.tenant_id, e.kind, i.customer_id
  from public.invoices i
  join public.environments e on e.id = i.environment_id
  where i.environment_id = environment and i.id = invoice and i.status <> 'DRAFT'
    and (
      i.status in ('PENDING', 'FAILED')
      or coalesce(i.paid_at, i.voided_at, i.updated_at) > coalesce(e.clock_now, at) - interval '90 days'
    );
end;

grant create on schema public to nova_lookup;
do $$
declare
  name text;
begin
  foreach name in array array['portal_of_customer(uuid, uuid)', 'page_of_invoice(uuid, uuid, timestamptz)']
  loop
    execute format('alter function %s owner to nova_lookup', name);
    execute format('revoke all on function %s from public', name);
    execute format('grant execute on function %s to nova_api', name);
  end loop;
end $$;
revoke create on schema public from nova_lookup;

-- The sandbox has no account: its page is one of ours.
alter table checkout_sessions alter column provider_id drop not null;
alter table checkout_sessions add check ((provider = 'SANDBOX') = (provider_id is null));

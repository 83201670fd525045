-- A tax may be assigned to a charge too, for the usage that it charges.
alter table tax_assignments add column charge_id uuid;
alter table tax_assignments add foreign key (environment_id, charge_id) references charges on delete cascade;
alter table tax_assignments drop constraint tax_assignments_check;
alter table tax_assignments
  add constraint tax_assignments_check check (num_nonnulls(customer_id, plan_id, charge_id) = 1);
drop index tax_assignments_key;
create unique index tax_assignments_key on tax_assignments (environment_id, tax_code, customer_id, plan_id, charge_id)
  nulls not distinct;
create index tax_assignments_charge on tax_assignments (environment_id, charge_id) where charge_id is not null;

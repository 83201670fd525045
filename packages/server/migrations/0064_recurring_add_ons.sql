-- An add-on that goes on the invoice of every period stays open; each time that it was charged is a row of its own.
alter table applied_add_ons
  add column recurring boolean not null default false,
  add column recurring_id uuid,
  add foreign key (environment_id, recurring_id) references applied_add_ons,
  add check (not recurring or (invoice_id is null and not invoice_now and subscription_id is not null));

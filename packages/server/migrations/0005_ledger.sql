-- How each line came about, kept as it was computed at issue: json, not jsonb, since nobody asks for a part of it.
-- Lines cannot be changed: no role may update them.
alter table invoice_lines add column derivation json;

-- Where the due date of an issued invoice comes from.
alter table invoices
  add column terms_days integer,
  add column terms_from text check (terms_from in ('CUSTOMER', 'PLAN', 'TENANT', 'DEFAULT'));

create trigger invoices_terms_frozen before update of terms_days, terms_from on invoices for each row
  when (old.status <> 'DRAFT' and (old.terms_days, old.terms_from) is distinct from (new.terms_days, new.terms_from))
  execute function refuse_invoice_change();

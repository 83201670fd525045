-- A mail to a member that is sent once about something has what that is.
alter table mails add column occasion text;
create unique index mails_occasion_key on mails (tenant_id, kind, occasion, recipient) where occasion is not null;
alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check
  check (kind in ('password_reset', 'invitation', 'test', 'webhook_disabled', 'key_expiring'));

-- Cards and keys that are about to expire.
create index payment_methods_expiring on payment_methods ((exp_year * 12 + exp_month))
  where is_default and archived_at is null and exp_year is not null;
create index api_keys_expiring on api_keys (expires_at) where expires_at is not null and revoked_at is null;

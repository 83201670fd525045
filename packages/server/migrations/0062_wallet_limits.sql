-- What a wallet pays for: lines of these plans, and of usage of these metrics; both null: everything.
alter table wallets
  add column plan_ids uuid[],
  add column metric_ids uuid[];

-- The metric whose usage a line charges; null: none.
alter table invoice_lines add column metric_id uuid;

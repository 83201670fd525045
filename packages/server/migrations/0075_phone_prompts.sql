-- A mail that tells of a prompt on the phone before it comes.
alter table customer_mails drop constraint customer_mails_kind_check;
alter table customer_mails add constraint customer_mails_kind_check
  check (kind in ('INVOICE', 'RECEIPT', 'PAYMENT_FAILED', 'PHONE_PROMPT', 'REMINDER', 'OVERDUE', 'TRIAL_ENDING',
    'CARD_EXPIRING', 'CREDIT_NOTE'));

-- What a subscription has to pay for the period under way when it is over, and when; null where it pays in advance.
alter table subscriptions add column arrears jsonb;

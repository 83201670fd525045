-- The ids of subscriptions are unique everywhere: with the environment in front of them, each entry was 16 bytes wider and
-- each comparison two, for every event that comes. What is read by it names the environment all the same.
drop index usage_events_subscription;
create index usage_events_subscription on usage_events (subscription_id, occurred_at);

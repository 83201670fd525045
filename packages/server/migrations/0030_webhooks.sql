-- The stream of events in the order of their commits: for those who read it, and for what is sent out.
create index events_stream on events (environment_id, transaction, id);

-- The id of an event is made from its environment and its transaction id, so it is unique everywhere: with the environment
-- in front of it each entry was 16 bytes wider, and an index that is met at random no longer fitted into memory as early.
-- What is read by it names the environment all the same.
alter table usage_events drop constraint usage_events_pkey;
alter table usage_events add primary key (id, generation);

"""The tables of one book, and of the directory of all books.

Shape: DDL as text with `{schema}` for the quoted name of the book's schema.
Rules: events are never updated or deleted (a trigger refuses it, for owners too); saved answers
lie in partitions by day that are dropped whole; everything else is small or consumed.
Units: `recorded_at` is the writer's time, never decreasing; `effective_on` the business day.
"""

DIRECTORY = """
CREATE SCHEMA IF NOT EXISTS tally;
CREATE TABLE IF NOT EXISTS tally.books (
  name text PRIMARY KEY,
  schema_name text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS tally.partitions (
  partition int PRIMARY KEY,
  epoch bigint NOT NULL DEFAULT 0,
  commands_position bigint NOT NULL DEFAULT 0,
  internal_position bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tally.partition_outbox (
  outbox_sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition int NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  type_name text NOT NULL,
  payload bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS tally.partition_marks (
  book text NOT NULL,
  command_id uuid NOT NULL,
  payload_hash bytea NOT NULL,
  answer bytea NOT NULL,
  PRIMARY KEY (book, command_id)
);
COMMENT ON TABLE tally.partitions IS
  'How far records that belong to no book of ours have been answered, by partition';
COMMENT ON TABLE tally.partition_outbox IS
  'Answers and dead letters of records that belong to no book';
COMMENT ON TABLE tally.partition_marks IS
  'Follow-ons refused for want of their book; it gets these marks when it is first taken';
"""

BOOK = """
CREATE TABLE {schema}.events (
  notification_id bigint NOT NULL,
  originator_version bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  effective_on date NOT NULL,
  originator_id uuid NOT NULL,
  command_id uuid NOT NULL,
  fact_key uuid,
  topic text NOT NULL,
  state bytea NOT NULL,
  chain bytea NOT NULL,
  correlation_id text,
  causation text,
  actor text,
  traceparent text,
  PRIMARY KEY (originator_id, originator_version)
) WITH (
  autovacuum_vacuum_threshold = 100000000, autovacuum_vacuum_scale_factor = 0.5,
  autovacuum_vacuum_insert_threshold = 1000000,
  autovacuum_analyze_threshold = 10000, autovacuum_analyze_scale_factor = 0.1
);
CREATE UNIQUE INDEX events_notification_id_idx ON {schema}.events (notification_id);
CREATE UNIQUE INDEX events_fact_key_idx ON {schema}.events (fact_key) WHERE fact_key IS NOT NULL;
CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.events
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

CREATE TABLE {schema}.snapshots (
  originator_id uuid NOT NULL,
  originator_version bigint NOT NULL,
  topic text NOT NULL,
  state bytea NOT NULL,
  PRIMARY KEY (originator_id, originator_version)
);

CREATE TABLE {schema}.head (
  name text PRIMARY KEY,
  epoch bigint NOT NULL,
  last_sequence bigint NOT NULL,
  last_answer bigint NOT NULL,
  chain bytea NOT NULL,
  recorded_at_us bigint NOT NULL,
  commands_position bigint,
  internal_position bigint,
  cluster_id text,
  commands_topic_id text,
  internal_topic_id text
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 500);
CREATE TABLE {schema}.secrets (name text PRIMARY KEY, secret bytea NOT NULL);
REVOKE ALL ON {schema}.secrets FROM PUBLIC;

CREATE TABLE {schema}.relayed (
  name text PRIMARY KEY,
  last_sequence bigint NOT NULL,
  last_answer bigint NOT NULL,
  events_offset bigint NOT NULL,
  events_topic_id text
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 500);

CREATE TABLE {schema}.answers (
  answer_sequence bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  command_id uuid,
  payload_hash bytea NOT NULL,
  answer bytea NOT NULL
) PARTITION BY RANGE (recorded_at);
CREATE INDEX ON {schema}.answers (answer_sequence);
CREATE INDEX ON {schema}.answers (command_id) WHERE command_id IS NOT NULL;

CREATE TABLE {schema}.marks (
  command_id uuid PRIMARY KEY,
  payload_hash bytea NOT NULL,
  answer bytea NOT NULL
);

CREATE TABLE {schema}.outbox (
  outbox_sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  key text NOT NULL,
  type_name text NOT NULL,
  payload bytea NOT NULL,
  header_names text[] NOT NULL,
  header_values bytea[] NOT NULL
);

CREATE TABLE {schema}.timers (
  timer_id uuid PRIMARY KEY,
  due_us bigint NOT NULL,
  type_name text NOT NULL,
  payload bytea NOT NULL
);
CREATE INDEX ON {schema}.timers (due_us);

COMMENT ON TABLE {schema}.events IS 'The log: notification_id is book_sequence, without gap';
COMMENT ON TABLE {schema}.snapshots IS 'States to start from; a cache, rebuilt from events';
COMMENT ON TABLE {schema}.head IS 'Where the book stands; its update is the fence of a batch';
COMMENT ON TABLE {schema}.relayed IS
  'What Kafka has been told; events beyond the log''s end lie at events_offset or behind it';
COMMENT ON TABLE {schema}.answers IS 'Saved answers, kept at least 24 hours, dropped by the day';
COMMENT ON TABLE {schema}.marks IS 'Refusals of other books'' follow-ons, kept for good';
COMMENT ON TABLE {schema}.outbox IS 'What must leave: commands for other books, dead letters';
COMMENT ON TABLE {schema}.timers IS 'Commands of this book that fall due';
"""

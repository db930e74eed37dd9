-- The schema of a copytrade store. The program carries this very text; a test holds both equal.

-- "cptr": what tells a store of ours from any other SQLite database.
PRAGMA application_id = 1668314226;
-- The version of this schema. A program meets a higher one with a refusal, never with a guess.
PRAGMA user_version = 1;

CREATE TABLE events(
  -- The place in the log, dense from 1. A gap is damage.
  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
  -- What the event belongs to. That (stream, stream_version) is unique is kept by the writer and checked by verify:
  -- an index would cost a page per event.
  stream TEXT NOT NULL CHECK (stream <> ''),
  stream_version INTEGER NOT NULL CHECK (stream_version > 0),
  -- A UUID. The same statement met twice has the same id, and this index makes it one event.
  event_id BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
  -- A name of the event catalogue, and the version of its payload.
  type TEXT NOT NULL CHECK (type <> ''),
  schema_version INTEGER NOT NULL CHECK (schema_version > 0),
  -- Microseconds since 1970-01-01T00:00:00Z, within the years 0001 to 9999, which have a text.
  recorded_at INTEGER NOT NULL CHECK (recorded_at BETWEEN -62135596800000000 AND 253402300799999999),
  occurred_at INTEGER NOT NULL CHECK (occurred_at BETWEEN -62135596800000000 AND 253402300799999999),
  -- The event that made us write this one: a cause comes before its effect.
  causation INTEGER CHECK (causation > 0 AND causation < sequence),
  correlation TEXT,
  -- Canonical JSON (RFC 8785), checked by the writer and by verify.
  payload TEXT NOT NULL CHECK (payload <> ''),
  -- SHA-256: the chain that verify recomputes.
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- What was written stays as it was written.
CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are never changed');
END;

-- What was written stays.
CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are never deleted');
END;

-- INSERT OR REPLACE deletes the row in its way without asking the trigger above, so it is refused before it starts;
-- and nobody leaves a hole.
CREATE TRIGGER events_refuse_replace BEFORE INSERT ON events
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM events)
  OR EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id)
BEGIN
  SELECT RAISE(ABORT, 'events are only appended, each id once');
END;

-- State folded from the events up to a sequence. Speeds up starting; may be deleted at any time without loss.
CREATE TABLE snapshots(
  sequence INTEGER NOT NULL CHECK (sequence >= 0),
  -- Whose state it is, and the version of its form.
  kind TEXT NOT NULL CHECK (kind <> ''),
  format INTEGER NOT NULL,
  -- The hash of the event at the sequence: a snapshot of another history is never used.
  event_hash BLOB NOT NULL CHECK (length(event_hash) = 32),
  -- The version of every stream at the sequence, one line each: version, blank, stream.
  heads TEXT NOT NULL,
  state BLOB NOT NULL,
  -- SHA-256 over all the columns before: a damaged snapshot is never used.
  checksum BLOB NOT NULL CHECK (length(checksum) = 32),
  PRIMARY KEY (kind, sequence)
) STRICT;

-- SHA-256 over the whole file, with the 32 bytes of the value as zeros, as the file was when it was last closed in order:
-- one byte changed anywhere in a closed store or in a backup is found. Zeros while a writer has the store, and after
-- one that did not close it. One row; the marker is fixed.
CREATE TABLE seal(
  marker BLOB NOT NULL CHECK (marker = x'c1ba8cf23ff319737924c3b7b1e7686f'),
  value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT;
INSERT INTO seal VALUES (x'c1ba8cf23ff319737924c3b7b1e7686f', zeroblob(32));

-- The events for reading in the sqlite3 shell: times and ids as text.
CREATE VIEW readable_events AS
SELECT
  sequence,
  strftime('%Y-%m-%dT%H:%M:%S', (recorded_at + 62135596800000000) / 1000000 - 62135596800, 'unixepoch')
    || printf('.%06dZ', (recorded_at + 62135596800000000) % 1000000) AS recorded_at,
  strftime('%Y-%m-%dT%H:%M:%S', (occurred_at + 62135596800000000) / 1000000 - 62135596800, 'unixepoch')
    || printf('.%06dZ', (occurred_at + 62135596800000000) % 1000000) AS occurred_at,
  stream,
  stream_version,
  lower(
    substr(hex(event_id), 1, 8) || '-' || substr(hex(event_id), 9, 4) || '-' || substr(hex(event_id), 13, 4) || '-'
    || substr(hex(event_id), 17, 4) || '-' || substr(hex(event_id), 21, 12)) AS event_id,
  type,
  schema_version,
  causation,
  correlation,
  payload,
  lower(hex(previous_hash)) AS previous_hash,
  lower(hex(hash)) AS hash
FROM events;

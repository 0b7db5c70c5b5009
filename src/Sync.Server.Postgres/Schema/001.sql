-- Everything of ours stands in the schema sync. Run as one script, once.
CREATE SCHEMA IF NOT EXISTS sync;

CREATE TABLE sync.schema (
    version int NOT NULL
);

CREATE TABLE sync.meta (
    name text PRIMARY KEY,
    value bytea NOT NULL
);

-- One row: the newest revision. Who commits holds the advisory lock of sync.take_order until the end of its transaction, so revisions are in commit order.
CREATE TABLE sync.head (
    revision bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO sync.head VALUES (0);

-- One accepted transaction a row. "changes" is null for what plain SQL wrote: then "rows" has it, column by column, as the triggers saw it.
CREATE TABLE sync.log (
    revision bigint PRIMARY KEY,
    mark bigint NOT NULL,
    author text COLLATE "C" NOT NULL,
    tx_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    operations bytea,
    changes bytea,
    rows jsonb
);

-- Which log entries changed a record. Its rows go with the log's.
CREATE TABLE sync.history (
    record_table text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    PRIMARY KEY (record_table, id, revision)
);
CREATE INDEX history_revision ON sync.history USING brin (revision);

-- Deleted records: "fields" is the last image (or "row", column by column, where plain SQL deleted it), "hidden" the columns that the record type does not have.
CREATE TABLE sync.tombstones (
    record_table text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    fields text COLLATE "C",
    row jsonb,
    hidden text,
    PRIMARY KEY (record_table, id)
);

CREATE TABLE sync.receipts (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author text COLLATE "C" NOT NULL,
    tx_id text COLLATE "C" NOT NULL,
    content_hash bytea NOT NULL,
    revision bigint NOT NULL,
    at timestamptz NOT NULL,
    receipt text NOT NULL,
    UNIQUE (author, tx_id)
);

CREATE TABLE sync.clients (
    client_id text COLLATE "C" PRIMARY KEY,
    author text COLLATE "C" NOT NULL,
    last_seq bigint NOT NULL
);

-- Which fields the side index of a document table was built for.
CREATE TABLE sync.indexes (
    record_table text PRIMARY KEY,
    fields text NOT NULL
);

-- An answer to whoever commits: the code says which, the message carries what it is about.
CREATE FUNCTION sync.answer(code text, about text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = about;
END $$;

CREATE FUNCTION sync.must_write(written bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF written <> expected THEN PERFORM sync.answer('SY004', written || ' of ' || expected || ' rows were written'); END IF;
END $$;

-- The one lock that orders commits. Rows are never waited for while it is held longer than max_row_wait, so that a transaction left open elsewhere stops nobody.
CREATE FUNCTION sync.take_order(max_wait text, max_row_wait text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('lock_timeout', max_wait, true);
    PERFORM pg_advisory_xact_lock(7239175043);
    PERFORM set_config('lock_timeout', max_row_wait, true);
    RETURN (SELECT revision FROM sync.head);
END $$;

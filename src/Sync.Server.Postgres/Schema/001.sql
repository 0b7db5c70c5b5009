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

-- One accepted transaction a row. "changes" is null for what plain SQL wrote: then "rows" has it, column by column, as the triggers saw it, or is null too where that is too much to tell.
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

-- The triggers on the app's own tables, as they were made.
CREATE TABLE sync.triggers (
    record_table text PRIMARY KEY,
    script text NOT NULL
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

-- Rows of the app's tables that plain SQL has changed in transactions not yet committed. Each transaction empties it of its own rows when it commits: see sync.number_outside.
CREATE UNLOGGED TABLE sync.outside (
    xid xid8 NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    record_table text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    before jsonb,
    after jsonb,
    PRIMARY KEY (xid, place)
);

-- Called by the trigger of each table, row by row. A side is {"version", "deleted", "row": {field: text}}.
CREATE FUNCTION sync.capture(record_table text, operation text, old_id text, old_side jsonb, old_hidden text, new_id text, new_side jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    tombstone jsonb;
BEGIN
    IF operation = 'UPDATE' AND old_id = new_id THEN
        INSERT INTO sync.outside (xid, record_table, id, before, after) VALUES (pg_current_xact_id(), record_table, old_id, old_side, new_side);
        RETURN;
    END IF;

    IF operation <> 'INSERT' THEN
        tombstone := old_side || jsonb_build_object('version', (old_side ->> 'version')::bigint + 1, 'deleted', true);
        INSERT INTO sync.tombstones AS b (record_table, id, version, row, hidden) VALUES (capture.record_table, old_id, (tombstone ->> 'version')::bigint, old_side -> 'row', old_hidden)
            ON CONFLICT ON CONSTRAINT tombstones_pkey DO UPDATE SET version = excluded.version, fields = NULL, row = excluded.row, hidden = excluded.hidden;
        INSERT INTO sync.outside (xid, record_table, id, before, after) VALUES (pg_current_xact_id(), record_table, old_id, old_side, tombstone);
    END IF;

    IF operation <> 'DELETE' THEN
        INSERT INTO sync.outside (xid, record_table, id, before, after)
        VALUES (pg_current_xact_id(), record_table, new_id,
            (SELECT jsonb_build_object('version', b.version, 'deleted', true, 'row', b.row, 'fields', b.fields) FROM sync.tombstones AS b WHERE b.record_table = capture.record_table AND b.id = new_id),
            new_side);
        DELETE FROM sync.tombstones AS b WHERE b.record_table = capture.record_table AND b.id = new_id;
    END IF;
END $$;

-- Runs when a transaction of plain SQL commits: takes the lock that orders commits, and so a revision, no earlier, since one that is left open must stop nobody.
CREATE FUNCTION sync.number_outside() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine xid8 := pg_current_xact_id();
    max_rows constant int := 10000;
    total bigint;
    entry jsonb;
    next_revision bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM sync.outside WHERE xid = mine) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(7239175043);
    UPDATE sync.head SET revision = revision + 1 RETURNING revision INTO next_revision;

    SELECT count(*) INTO total FROM (SELECT DISTINCT record_table, id FROM sync.outside WHERE xid = mine LIMIT max_rows + 1) AS changed;
    IF total <= max_rows THEN
        SELECT jsonb_agg(jsonb_build_object('table', c.record_table, 'id', c.id, 'before', c.before, 'after', c.after) ORDER BY c.place) INTO entry
        FROM (
            SELECT o.record_table, o.id, min(o.place) AS place, (array_agg(o.before ORDER BY o.place))[1] AS before, (array_agg(o.after ORDER BY o.place DESC))[1] AS after
            FROM sync.outside AS o WHERE o.xid = mine GROUP BY o.record_table, o.id
        ) AS c;
        INSERT INTO sync.history (record_table, id, revision) SELECT DISTINCT record_table, id, next_revision FROM sync.outside WHERE xid = mine;
    END IF;

    INSERT INTO sync.log (revision, mark, author, tx_id, at, rows)
    VALUES (next_revision, ('x' || substr(md5(gen_random_uuid()::text), 1, 16))::bit(64)::bigint, 'app:' || coalesce(nullif(current_setting('sync.author', true), ''), 'sql'), 'sql-' || mine,
        date_trunc('microseconds', clock_timestamp()), entry);
    DELETE FROM sync.outside WHERE xid = mine;
    PERFORM pg_notify('sync_log', 'sql');
    RETURN NULL;
END $$;

CREATE FUNCTION sync.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % would be told to nobody: use DELETE', TG_TABLE_NAME;
END $$;

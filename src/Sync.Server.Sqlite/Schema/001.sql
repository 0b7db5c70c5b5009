CREATE TABLE sync_schema (
    version INTEGER NOT NULL
);

CREATE TABLE sync_meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- One accepted transaction a row. "at" is the transaction's time in ticks of UTC.
CREATE TABLE sync_log (
    revision INTEGER PRIMARY KEY,
    mark INTEGER NOT NULL,
    author TEXT NOT NULL,
    tx_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    operations TEXT NOT NULL,
    changes TEXT NOT NULL
);

-- Deleted records: "fields" is the last image, "hidden" the columns of it that the record type does not have.
CREATE TABLE sync_tombstones (
    record_table TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    fields TEXT NOT NULL,
    hidden TEXT,
    PRIMARY KEY (record_table, id)
) WITHOUT ROWID;

CREATE TABLE sync_receipts (
    place INTEGER PRIMARY KEY,
    author TEXT NOT NULL,
    tx_id TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    UNIQUE (author, tx_id)
);

CREATE TABLE sync_clients (
    client_id TEXT PRIMARY KEY,
    author TEXT NOT NULL,
    last_seq INTEGER NOT NULL
) WITHOUT ROWID;

-- Which fields the side indexes of a table were built for.
CREATE TABLE sync_indexes (
    record_table TEXT PRIMARY KEY,
    fields TEXT NOT NULL
) WITHOUT ROWID;

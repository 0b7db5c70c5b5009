-- The queue of one client each, the oldest first. The highest number given so far is "last_seq" or one that stands in the queue. "opening" tells which opening of the storage owns it: whoever opens next takes the next number.
CREATE TABLE partitions (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL UNIQUE,
    opening INTEGER NOT NULL,
    last_seq INTEGER NOT NULL
);

CREATE TABLE queue (
    partition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    content BLOB NOT NULL,
    label TEXT,
    PRIMARY KEY (partition, seq)
) WITHOUT ROWID;

CREATE TABLE records (
    record_table TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    fields BLOB NOT NULL,
    PRIMARY KEY (record_table, id)
) WITHOUT ROWID;

-- "last_used" is in ticks of UTC, as all times here.
CREATE TABLE subscriptions (
    query BLOB PRIMARY KEY,
    token TEXT,
    is_following INTEGER NOT NULL,
    records INTEGER NOT NULL,
    last_used INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE tray (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    tx_id TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL,
    label TEXT,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    status INTEGER NOT NULL,
    rejected_at INTEGER NOT NULL
);

-- One row. "writer" is the opening that keeps records, subscriptions and token.
CREATE TABLE state (
    last_opening INTEGER NOT NULL,
    writer INTEGER NOT NULL,
    token TEXT
);

INSERT INTO state (last_opening, writer) VALUES (0, 0);

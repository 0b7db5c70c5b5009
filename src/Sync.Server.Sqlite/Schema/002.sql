-- Which log entries changed a record. Its rows go with the log's: nothing else points here.
CREATE TABLE sync_history (
    record_table TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (record_table, id, revision)
) WITHOUT ROWID;

-- Of the log as it is, so that a record's history begins where the log does.
INSERT INTO sync_history (record_table, id, revision)
SELECT change.value ->> 0, change.value ->> 1, sync_log.revision
FROM sync_log, json_each(sync_log.changes) AS change;

-- What undo and redo need, of one client each.
CREATE TABLE undo_steps (
    partition INTEGER NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (partition, number)
) WITHOUT ROWID;

-- They go with their partition, also where a version of the app removes it that was running when this table was made.
CREATE TRIGGER undo_steps_of_partitions AFTER DELETE ON partitions BEGIN
    DELETE FROM undo_steps WHERE partition = OLD.place;
END;

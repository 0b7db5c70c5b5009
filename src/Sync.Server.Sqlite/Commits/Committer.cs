using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>Carries one batch out in one storage transaction and tells what became of it.</summary>
internal sealed class Committer(SqliteDatabase database, StoreTables tables, SqliteStoreOptions options)
{
    private readonly Expectations _expectations = new(tables);
    private readonly EntryWriter _entries = new(tables);
    private readonly LogTable _log = new();
    private readonly Trimming _trimming = new(options);

    private static CommitAnswer AlreadyDecided => new CommitAnswer.Unknown("A transaction of the batch has a receipt already, or its client has gone further.");

    /// <summary>Called just before and just after SQLite's commit. For tests of a fault whose outcome nobody knows.</summary>
    public Action<CommitStage>? OnStage { get; set; }

    public CommitAnswer Commit(CommitBatch batch)
    {
        if (Begin() is { } unavailable) return unavailable;
        var session = database.Writer;
        try
        {
            if (_expectations.FindDifferences(session, batch) is { } differ) return Decided(session, batch) ?? new CommitAnswer.Lost(differ);
            var first = LogTable.Head(session).Next;
            if (Write(session, batch, first) is { } refused) return refused;
            if (batch.Entries.Count > 0) _trimming.AfterCommit(session, batch.Entries[^1].Receipt.Now);
            return End(session, first);
        }
        catch (SqliteException fault)
        {
            return new CommitAnswer.Unavailable(Told(fault));
        }
        finally
        {
            Leave(session);
        }
    }

    private CommitAnswer? Begin()
    {
        try
        {
            database.Writer.Prepare("BEGIN IMMEDIATE").Run();
            database.Writer.Prepare("PRAGMA defer_foreign_keys = ON").Run();
            return null;
        }
        catch (SqliteException fault)
        {
            database.DropWriter();
            return new CommitAnswer.Unavailable(Told(fault));
        }
    }

    /// <summary>Null where every entry is written.</summary>
    private CommitAnswer? Write(SqliteSession session, CommitBatch batch, Revision first)
    {
        var next = first;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            try
            {
                if (!_entries.TryWrite(session, entry)) return Decided(session, batch) ?? new CommitAnswer.Refused(i, "trigger or cascade");
                if (session.BrokenReferences > 0) return Decided(session, batch) ?? new CommitAnswer.Refused(i, "foreign key");
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
            {
                return Decided(session, batch) ?? new CommitAnswer.Refused(i, ConstraintName.Of(fault));
            }

            var revision = Revision.None;
            if (entry.Receipt.IsAccepted)
            {
                revision = next;
                next = next.Next;
                _log.Append(session, revision, entry);
            }

            if (!ReceiptTable.TryAdd(session, entry, revision)) return AlreadyDecided;
            if (entry.Client is { } position && !ReceiptTable.TryMoveClient(session, position)) return AlreadyDecided;
        }

        return null;
    }

    /// <summary>A batch that comes again differs from what it left the first time: that it is decided already is then the better answer.</summary>
    private static CommitAnswer? Decided(SqliteSession session, CommitBatch batch)
    {
        session.Rollback();
        return batch.Entries.Any(entry => ReceiptTable.Has(session, entry.Id) || HasGoneFurther(session, entry)) ? AlreadyDecided : null;
    }

    private static bool HasGoneFurther(SqliteSession session, CommitEntry entry) =>
        entry.Client is { } position && ReceiptTable.FindClient(session, position.ClientId) is { } last && !position.MayFollow(last);

    private CommitAnswer End(SqliteSession session, Revision first)
    {
        try
        {
            OnStage?.Invoke(CommitStage.Before);
            session.Prepare("COMMIT").Run();
            OnStage?.Invoke(CommitStage.After);
            return new CommitAnswer.Committed(first);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED && session.IsInTransaction)
        {
            return new CommitAnswer.Unavailable(Told(fault));
        }
        catch (SqliteException fault)
        {
            // The bytes may or may not be on the disk: with fsync failing, SQLite answers an error and the row can be there after a restart.
            database.DropWriter();
            return new CommitAnswer.Unknown(Told(fault));
        }
    }

    private void Leave(SqliteSession session)
    {
        if (!database.IsWriter(session)) return;
        try
        {
            session.Rollback();
        }
        catch (SqliteException)
        {
            // Closing the connection ends the transaction as surely: without its commit nothing of it stays.
            database.DropWriter();
        }
    }

    private static string Told(SqliteException fault) => $"SQLite error {fault.SqliteExtendedErrorCode}";
}

internal enum CommitStage { Before, After }

namespace Sync.Client.Sqlite;

/// <summary>
/// What one open storage holds: partitions of the queue and perhaps the writer's place. A lock says that nobody else may take it; the number of the opening
/// in the database says, inside each transaction, that nobody has, although this process stood still or its locks were lost.
/// What changes within a transaction counts once <see cref="Keep"/> is called, and is given back by <see cref="Undo"/>.
/// </summary>
internal sealed class Ownership(StorageFiles files)
{
    private Held _kept = Held.Nothing;
    private Held _held = Held.Nothing;

    public StorageFiles Files => files;

    /// <summary>As the running transaction has it.</summary>
    public Held Held
    {
        get => _held;
        set => _held = value;
    }

    public bool IsWriter => _held.Writer is not null;

    /// <summary>The transaction is committed: partitions that were given up are free, and their locks are never asked for again.</summary>
    public void Keep()
    {
        foreach (var partition in _kept.Partitions.Except(_held.Partitions)) partition.Lock.Remove();
        _kept = _held;
    }

    /// <summary>The transaction has no effect: what it took is free.</summary>
    public void Undo()
    {
        foreach (var partition in _held.Partitions.Except(_kept.Partitions)) partition.Lock.Dispose();
        if (_held.Writer != _kept.Writer) _held.Writer?.Dispose();
        _held = _kept;
    }

    public void Release()
    {
        Undo();
        foreach (var partition in _kept.Partitions) partition.Lock.Dispose();
        _kept.Writer?.Dispose();
        _kept = _held = Held.Nothing;
    }

    /// <summary>Throws where somebody has taken over a partition since.</summary>
    public void CheckPartitions(SqliteSession session)
    {
        var own = _held.Own;
        if (session.Prepare("SELECT count(*) FROM partitions WHERE opening = ?1").Bind(1, _held.Opening).Number() == _held.Partitions.Length) return;

        var isHeld = session.Prepare("SELECT count(*) FROM partitions WHERE place = ?1 AND opening = ?2").Bind(2, _held.Opening);
        var lost = _held.Partitions.FirstOrDefault(partition => isHeld.Bind(1, partition.Place).Number() == 0) ?? own;
        throw new StorageTakenOverException(lost.ClientId);
    }

    /// <summary>Throws where this client is not the writer.</summary>
    public void CheckWriter(SqliteSession session)
    {
        if (!IsWriter) throw new InvalidOperationException("Only the writer may write records, subscriptions and token. Take its place with TryBecomeWriterAsync.");
        if (!IsWriterStill(session)) throw new StorageTakenOverException(_held.Own.ClientId);
    }

    public bool TryBecomeWriter(SqliteSession session)
    {
        if (IsWriter) return IsWriterStill(session);
        if (FileLock.TryTake(files.WriterLock) is not { } taken) return false;
        _held = _held with { Writer = taken };
        session.Prepare("UPDATE state SET writer = ?1").Bind(1, _held.Opening).Run();
        return true;
    }

    private bool IsWriterStill(SqliteSession session) => session.Prepare("SELECT writer FROM state").Number() == _held.Opening;
}

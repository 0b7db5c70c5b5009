namespace Sync.Client.IndexedDb;

/// <summary>What one transaction writes, and what must still be the caller's for it.</summary>
internal sealed class PackedWrite
{
    private readonly PackedWriter _packed = new();

    /// <param name="owner">Who writes.</param>
    /// <param name="partitions">Those that must still be the owner's.</param>
    /// <param name="check">Whether the writer's place must be too.</param>
    public PackedWrite(string owner, IReadOnlyCollection<string> partitions, WriterCheck check)
    {
        _packed.Text(owner).Byte((byte)check).Int32(partitions.Count);
        foreach (var clientId in partitions) _packed.Text(clientId);
    }

    public PackedWrite Put(Stored store, PackedWriter value, params ReadOnlySpan<PackedKey> key)
    {
        Begin(Act.Put, store, key);
        _packed.Bytes(value.Written);
        return this;
    }

    public PackedWrite Put(StoredPartition partition) => Put(Stored.Partitions, StoredValues.Pack(partition), partition.ClientId);

    public PackedWrite Put(string stateName, string text) => Put(Stored.State, StoredValues.Pack(stateName, text), stateName);

    public PackedWrite Remove(Stored store, params ReadOnlySpan<PackedKey> key) => Begin(Act.Remove, store, key);

    /// <summary>Removes all whose key begins so.</summary>
    public PackedWrite RemoveUnder(Stored store, params ReadOnlySpan<PackedKey> key) => Begin(Act.RemoveUnder, store, key);

    /// <summary>Removes a partition with all that is in it.</summary>
    public PackedWrite RemovePartition(string clientId) =>
        RemoveUnder(Stored.Queue, clientId).RemoveUnder(Stored.UndoSteps, clientId).Remove(Stored.Partitions, clientId);

    public PackedWrite RemoveAll(Stored store) => Begin(Act.RemoveAll, store, []);

    public byte[] ToArray() => _packed.ToArray();

    private PackedWrite Begin(Act act, Stored store, ReadOnlySpan<PackedKey> key)
    {
        _packed.Byte((byte)act).Byte((byte)store).Byte((byte)key.Length);
        foreach (var part in key)
        {
            if (part.Text is { } text) _packed.Byte(0).Text(text);
            else _packed.Byte(1).Number(part.Number);
        }
        return this;
    }

    private enum Act : byte
    {
        Put = 0,
        Remove = 1,
        RemoveUnder = 2,
        RemoveAll = 3,
    }
}

/// <summary>What a write touches and what it must be for that. Others may write to what it leaves alone at the same time.</summary>
internal enum WriterCheck : byte
{
    /// <summary>Neither records nor subscriptions.</summary>
    None = 0,

    /// <summary>Anything, by the writer.</summary>
    MustBeWriter = 1,

    /// <summary>Anything, by anybody.</summary>
    All = 2,
}

/// <summary>The object stores, in the script's order.</summary>
internal enum Stored : byte
{
    State = 0,
    Partitions = 1,
    Queue = 2,
    Tray = 3,
    Records = 4,
    Subscriptions = 5,
    UndoSteps = 6,
}

/// <summary>A part of a key: a text or a number.</summary>
internal readonly record struct PackedKey(string? Text, double Number)
{
    public static implicit operator PackedKey(string text) => new(text, 0);

    public static implicit operator PackedKey(long number) => new(null, number);
}

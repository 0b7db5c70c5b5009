using System.Runtime.CompilerServices;

namespace Sync;

/// <summary>Typed values of records that were read lately. A record has one slot, so a look-up is one compare and the newest read stays.</summary>
internal sealed class SharedReads<T> where T : class
{
    /// <summary>Most typed values kept for one table; a power of two.</summary>
    private const int MaxKept = 4096;

    private Entry?[]? _slots;

    public T? Get(Record record, TableModel<T> table)
    {
        var slots = _slots ?? Interlocked.CompareExchange(ref _slots, new Entry?[MaxKept], null) ?? _slots;
        ref var slot = ref slots[RuntimeHelpers.GetHashCode(record) & (MaxKept - 1)];
        if (Volatile.Read(ref slot) is { } kept && ReferenceEquals(kept.Record, record)) return kept.Value;

        var value = table.Read(record);
        Volatile.Write(ref slot, new Entry(record, value));
        return value;
    }

    private sealed record Entry(Record Record, T? Value);
}

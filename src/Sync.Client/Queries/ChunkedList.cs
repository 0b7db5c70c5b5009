using System.Collections;

namespace Sync.Client;

/// <summary>
/// A list in chunks: inserting and removing in the middle moves at most one chunk, whatever the length of the list. Some items may be marked as
/// counted; how many of those stand before an index costs one chunk too.
/// </summary>
internal sealed class ChunkedList<T>(Func<T, bool>? isCounted = null) : IReadOnlyList<T>
{
    private const int ChunkCapacity = 1024;

    private T[][] _chunks = [new T[ChunkCapacity]];
    private int[] _lengths = [0];
    private int[] _counted = [0];
    private int _chunkCount = 1;

    public int Count { get; private set; }
    public int CountedCount { get; private set; }

    public T this[int index]
    {
        get
        {
            var (chunk, at) = Locate(index);
            return _chunks[chunk][at];
        }
    }

    public void Insert(int index, T item)
    {
        var (chunk, at) = LocateForInsert(index);
        if (_lengths[chunk] == ChunkCapacity)
        {
            Split(chunk);
            var half = _lengths[chunk];
            if (at > half) (chunk, at) = (chunk + 1, at - half);
        }
        var items = _chunks[chunk];
        Array.Copy(items, at, items, at + 1, _lengths[chunk] - at);
        items[at] = item;
        _lengths[chunk]++;
        Count++;
        Weigh(chunk, item, 1);
    }

    public T RemoveAt(int index)
    {
        var (chunk, at) = Locate(index);
        var items = _chunks[chunk];
        var item = items[at];
        var length = --_lengths[chunk];
        Array.Copy(items, at + 1, items, at, length - at);
        items[length] = default!;
        Count--;
        Weigh(chunk, item, -1);
        if (length == 0 && _chunkCount > 1) RemoveChunk(chunk);
        return item;
    }

    public T Replace(int index, T item)
    {
        var (chunk, at) = Locate(index);
        var before = _chunks[chunk][at];
        _chunks[chunk][at] = item;
        Weigh(chunk, before, -1);
        Weigh(chunk, item, 1);
        return before;
    }

    /// <summary>How many counted items stand before an index.</summary>
    public int CountedBefore(int index)
    {
        var (chunk, at) = LocateForInsert(index);
        var counted = 0;
        for (var i = 0; i < chunk; i++) counted += _counted[i];
        for (var i = 0; i < at; i++) counted += isCounted!(_chunks[chunk][i]) ? 1 : 0;
        return counted;
    }

    /// <summary>The index of the first item that is not less than the given one, in a list that is sorted by this comparison.</summary>
    public int LowerBound(T item, Comparison<T> compare)
    {
        var (low, high) = (0, _chunkCount - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (compare(_chunks[middle][_lengths[middle] - 1], item) < 0) low = middle + 1;
            else high = middle;
        }
        var items = _chunks[low];
        var (first, end) = (0, _lengths[low]);
        while (first < end)
        {
            var middle = (first + end) / 2;
            if (compare(items[middle], item) < 0) first = middle + 1;
            else end = middle;
        }
        return LengthBefore(low) + first;
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var chunk = 0; chunk < _chunkCount; chunk++)
        {
            for (var at = 0; at < _lengths[chunk]; at++) yield return _chunks[chunk][at];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int LengthBefore(int chunk)
    {
        var length = 0;
        foreach (var each in _lengths.AsSpan(0, chunk)) length += each;
        return length;
    }

    private (int Chunk, int At) Locate(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var chunk = 0;
        while (index >= _lengths[chunk]) index -= _lengths[chunk++];
        return (chunk, index);
    }

    private (int Chunk, int At) LocateForInsert(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Count);
        var chunk = 0;
        while (index > _lengths[chunk]) index -= _lengths[chunk++];
        return (chunk, index);
    }

    private void Weigh(int chunk, T item, int sign)
    {
        if (isCounted is null || !isCounted(item)) return;
        _counted[chunk] += sign;
        CountedCount += sign;
    }

    private void Split(int chunk)
    {
        if (_chunkCount == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunkCount * 2);
            Array.Resize(ref _lengths, _chunkCount * 2);
            Array.Resize(ref _counted, _chunkCount * 2);
        }
        Array.Copy(_chunks, chunk + 1, _chunks, chunk + 2, _chunkCount - chunk - 1);
        Array.Copy(_lengths, chunk + 1, _lengths, chunk + 2, _chunkCount - chunk - 1);
        Array.Copy(_counted, chunk + 1, _counted, chunk + 2, _chunkCount - chunk - 1);
        _chunkCount++;

        // Rows that come sorted are appended: a chunk that is split at the end stays full.
        var kept = chunk == _chunkCount - 2 ? ChunkCapacity - ChunkCapacity / 8 : ChunkCapacity / 2;
        var (left, right) = (_chunks[chunk], new T[ChunkCapacity]);
        Array.Copy(left, kept, right, 0, ChunkCapacity - kept);
        Array.Clear(left, kept, ChunkCapacity - kept);
        (_chunks[chunk + 1], _lengths[chunk], _lengths[chunk + 1]) = (right, kept, ChunkCapacity - kept);
        if (isCounted is null) return;
        _counted[chunk + 1] = right.AsSpan(0, ChunkCapacity - kept).ToArray().Count(isCounted);
        _counted[chunk] -= _counted[chunk + 1];
    }

    private void RemoveChunk(int chunk)
    {
        _chunkCount--;
        Array.Copy(_chunks, chunk + 1, _chunks, chunk, _chunkCount - chunk);
        Array.Copy(_lengths, chunk + 1, _lengths, chunk, _chunkCount - chunk);
        Array.Copy(_counted, chunk + 1, _counted, chunk, _chunkCount - chunk);
        (_chunks[_chunkCount], _lengths[_chunkCount], _counted[_chunkCount]) = (null!, 0, 0);
    }
}

using System.Text;

namespace Sync.Server;

/// <summary>
/// Ids in few bytes: one behind the other in one array, in the order in which they came, and a table of their places. A UUID in its usual form takes 17 bytes, another id its UTF-8 and two;
/// the table takes 5 to 11 bytes an id. A set of strings would take 20 to 40 for each, and keep the strings.
/// </summary>
internal sealed class IdSet
{
    private const int Free = 0, Left = -1;
    private const byte IsDead = 1, IsUuid = 2;
    private const int UuidBytes = 1 + 16;
    private const int MaxBytes = 2 + 256;

    private byte[] _ids;
    private int[] _places;
    private int _end;
    private int _deadBytes;
    private int _used;

    /// <param name="capacity">How many there will be, more or less.</param>
    public IdSet(int capacity = 4)
    {
        _ids = new byte[capacity * UuidBytes];
        _places = new int[TableFor(capacity)];
    }

    public int Count { get; private set; }

    public bool Contains(string id)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        return Find(Encode(id, bytes)) >= 0;
    }

    /// <summary>False where it is there already.</summary>
    public bool Add(string id)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var entry = Encode(id, bytes);
        if (Find(entry) >= 0) return false;
        if ((_used + 1) * 4 > _places.Length * 3 || _deadBytes > _end / 2) Rebuild(Count + 1);
        if (_end + entry.Length > _ids.Length) Array.Resize(ref _ids, Math.Max(_end + entry.Length, _ids.Length + (_ids.Length / 4)));
        entry.CopyTo(_ids.AsSpan(_end));
        Enter(_end);
        _end += entry.Length;
        Count++;
        return true;
    }

    public bool Remove(string id)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var entry = Encode(id, bytes);
        var slot = Find(entry);
        if (slot < 0) return false;
        _ids[_places[slot] - 1] |= IsDead;
        _places[slot] = Left;
        _deadBytes += entry.Length;
        Count--;
        return true;
    }

    /// <summary>Those that another set lacks, in the order in which they came.</summary>
    public IEnumerable<string> Without(IdSet other)
    {
        for (var at = 0; at < _end; at += LengthAt(at))
        {
            if ((_ids[at] & IsDead) == 0 && other.Find(EntryAt(at)) < 0) yield return Decode(EntryAt(at));
        }
    }

    /// <summary>Gives back what was kept for more.</summary>
    public void Trim() => Array.Resize(ref _ids, _end);

    private int Find(ReadOnlySpan<byte> entry)
    {
        var mask = _places.Length - 1;
        for (var slot = HashOf(entry) & mask; ; slot = (slot + 1) & mask)
        {
            var place = _places[slot];
            if (place == Free) return -1;
            if (place != Left && EntryAt(place - 1).SequenceEqual(entry)) return slot;
        }
    }

    private void Enter(int at)
    {
        var mask = _places.Length - 1;
        var slot = HashOf(EntryAt(at)) & mask;
        while (_places[slot] != Free) slot = (slot + 1) & mask;
        _places[slot] = at + 1;
        _used++;
    }

    private void Rebuild(int capacity)
    {
        var (ids, end) = (_ids, _end);
        _places = new int[TableFor(capacity)];
        (_end, _deadBytes, _used) = (0, 0, 0);
        for (var at = 0; at < end;)
        {
            var length = LengthAt(at);
            if ((ids[at] & IsDead) == 0)
            {
                // Never ahead of where it is read.
                ids.AsSpan(at, length).CopyTo(ids.AsSpan(_end));
                Enter(_end);
                _end += length;
            }
            at += length;
        }
    }

    private ReadOnlySpan<byte> EntryAt(int at) => _ids.AsSpan(at, LengthAt(at));

    private int LengthAt(int at) => (_ids[at] & IsUuid) != 0 ? UuidBytes : 3 + _ids[at + 1];

    private static ReadOnlySpan<byte> Encode(string id, Span<byte> to)
    {
        if (Guid.TryParseExact(id, "D", out var uuid) && !id.AsSpan().ContainsAnyInRange('A', 'F'))
        {
            to[0] = IsUuid;
            uuid.TryWriteBytes(to[1..]);
            return to[..UuidBytes];
        }
        var length = Encoding.UTF8.GetBytes(id, to[2..]);
        (to[0], to[1]) = (0, (byte)(length - 1));
        return to[..(2 + length)];
    }

    private static string Decode(ReadOnlySpan<byte> entry) => (entry[0] & IsUuid) != 0 ? new Guid(entry[1..]).ToString("D") : Encoding.UTF8.GetString(entry[2..]);

    private static int HashOf(ReadOnlySpan<byte> entry)
    {
        var hash = new HashCode();
        hash.AddBytes(entry);
        return hash.ToHashCode();
    }

    private static int TableFor(int capacity) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((capacity * 4 / 3) + 2));
}

namespace Sync.Server;

/// <summary>A position in one store's change log, in commit order. Never leaves the server.</summary>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>Before the first change.</summary>
    public static Revision None => default;
    public Revision Next => new(Value + 1);
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);
    public static bool operator <(Revision a, Revision b) => a.Value < b.Value;
    public static bool operator >(Revision a, Revision b) => a.Value > b.Value;
    public static bool operator <=(Revision a, Revision b) => a.Value <= b.Value;
    public static bool operator >=(Revision a, Revision b) => a.Value >= b.Value;
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

namespace Sync;

/// <summary>What must hold for a conditional operation to take effect. Undo is made of these.</summary>
public abstract record Condition
{
    private Condition() { }

    /// <summary>The field holds exactly this value (<c>{"value":v}</c>). On a delete: the record's fields are exactly this object.</summary>
    public sealed record ValueIs(CanonicalJson Value) : Condition;

    /// <summary>The field is missing (<c>{"absent":true}</c>). Null is not missing.</summary>
    public sealed record Absent : Condition
    {
        public static Absent Instance { get; } = new();
    }

    /// <summary>The record has this version when the operation is applied (<c>{"version":n}</c>).</summary>
    public sealed record VersionIs(long Version) : Condition;
}

namespace Sync;

/// <summary>Where a list insert puts its value: <c>"prepend" | "append" | {"before":v} | {"after":v}</c>.</summary>
public abstract record ListPosition
{
    private ListPosition() { }

    public static ListPosition AtStart { get; } = new Prepend();
    public static ListPosition AtEnd { get; } = new Append();

    public sealed record Prepend : ListPosition;

    public sealed record Append : ListPosition;

    /// <summary>In front of the anchor; at the front of the list when the anchor is not there.</summary>
    public sealed record Before(CanonicalJson Anchor) : ListPosition;

    /// <summary>Behind the anchor; at the end of the list when the anchor is not there.</summary>
    public sealed record After(CanonicalJson Anchor) : ListPosition;
}

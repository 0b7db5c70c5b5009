namespace Sync;

/// <summary>A place in the server's history as a client holds it: opaque, of fixed length. The empty token means "from the beginning".</summary>
internal readonly record struct Token(string Value)
{
    public static Token None => default;
    public bool IsNone => string.IsNullOrEmpty(Value);
    public override string ToString() => Value ?? "";
}

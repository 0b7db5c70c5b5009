namespace Sync;

/// <summary>What a value is called in a message to people.</summary>
internal static class KindNames
{
    public static string Of(JsonKind kind) => kind switch
    {
        JsonKind.Missing => "nothing",
        JsonKind.Null => "null",
        JsonKind.False or JsonKind.True => "a boolean",
        JsonKind.Number => "a number",
        JsonKind.String => "a string",
        JsonKind.List => "a list",
        JsonKind.Object => "an object",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

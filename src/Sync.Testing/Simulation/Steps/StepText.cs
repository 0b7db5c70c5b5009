using System.Collections.Immutable;
using System.Text;

namespace Sync.Testing;

/// <summary>Operations and queries out of the text that steps hold.</summary>
internal static class StepText
{
    public static ImmutableArray<Operation> Operations(string[] texts) => [.. texts.Select(Operation)];

    /// <param name="list">As the store keeps them.</param>
    public static ImmutableArray<Operation> Operations(CanonicalJson list) => [.. list.Elements.Select(json => ProtocolCodec.TryReadOperation(json, out var operation, out _) ? operation : throw new FormatException($"No operation: {json}"))];

    public static Query Query(string text)
    {
        if (!CanonicalJson.TryParse(Encoding.UTF8.GetBytes(text), out var json, out _) || !ProtocolCodec.TryReadQuery(json, out var query, out _))
            throw new FormatException($"No query: {text}");
        return query;
    }

    private static Operation Operation(string text)
    {
        if (!CanonicalJson.TryParse(Encoding.UTF8.GetBytes(text), out var json, out _) || !ProtocolCodec.TryReadOperation(json, out var operation, out _))
            throw new FormatException($"No operation: {text}");
        return operation;
    }
}

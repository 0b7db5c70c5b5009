using System.Text.RegularExpressions;

namespace Sync.Testing;

/// <summary>Tokens are opaque: all that they may tell is their length and which of them are the same.</summary>
internal sealed partial class TokenNames
{
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <summary>The newest token, or one that no server gave.</summary>
    public string Newest { get; private set; } = "AAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>The text with the length and number of each token in its place.</summary>
    public string Name(string text) => Tokens.Replace(text, match =>
    {
        Newest = match.Groups[1].Value;
        if (!_known.TryGetValue(Newest, out var number)) _known.Add(Newest, number = _known.Count + 1);
        return $"\"token\":\"{Newest.Length} characters, number {number}\"";
    });

    [GeneratedRegex("\"token\":\"([^\"]*)\"")]
    private static partial Regex Tokens { get; }
}

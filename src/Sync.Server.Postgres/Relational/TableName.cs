using System.Text;

namespace Sync.Server.Postgres;

/// <summary>A table's name as SQL writes it: <c>app."Tasks"</c>. Without quotes it is in lower case, as SQL has it.</summary>
internal readonly record struct TableName(string? Schema, string Name)
{
    public static TableName? Parse(string text)
    {
        var parts = new List<string>();
        for (var at = 0; ;)
        {
            if (PartAt(text, ref at) is not { } part) return null;
            parts.Add(part);
            if (at == text.Length) break;
            if (text[at++] != '.') return null;
        }

        return parts switch
        {
            [var name] => new TableName(null, name),
            [var schema, var name] => new TableName(schema, name),
            _ => null,
        };
    }

    private static string? PartAt(string text, ref int at)
    {
        if (at == text.Length) return null;
        var from = at;
        if (text[at] != '"')
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$')) at++;
            return at > from && !char.IsDigit(text[from]) ? text[from..at].ToLowerInvariant() : null;
        }

        var name = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"') name.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"') name.Append(text[at++]);
            else
            {
                at++;
                return name.Length > 0 ? name.ToString() : null;
            }
        }

        return null;
    }
}

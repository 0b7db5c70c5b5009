using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Sync.Server.Postgres;

/// <summary>A statement in the making: text and positional parameters. The text of a statement is the same whenever its shape is, so that it is prepared once.</summary>
internal sealed class SqlDraft
{
    private readonly StringBuilder _text = new();

    public SqlDraft() { }

    public SqlDraft(string text) => _text.Append(text);

    public List<NpgsqlParameter> Parameters { get; } = [];

    public string Text => _text.ToString();

    /// <summary>True for a statement that answers by rows, none included.</summary>
    public bool ReturnsRows => _text.Length >= 6 && _text.ToString(0, 6) is "SELECT" or "WITH w" or "UPDATE";

    public SqlDraft Append(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Adds a parameter and returns its place: <c>$1</c>.</summary>
    public string Add(NpgsqlDbType type, object? value)
    {
        Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return $"${Parameters.Count}";
    }

    /// <summary><c>$1::text[]</c></summary>
    public string AddTexts(IEnumerable<string?> values) => Add(NpgsqlDbType.Array | NpgsqlDbType.Text, values.ToArray()) + "::text[]";

    /// <summary><c>$1::bigint[]</c></summary>
    public string AddLongs(IEnumerable<long> values) => Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, values.ToArray()) + "::bigint[]";

    public string AddText(string? value) => Add(NpgsqlDbType.Text, value);

    public string AddLong(long value) => Add(NpgsqlDbType.Bigint, value);

    public NpgsqlBatchCommand ToBatchCommand()
    {
        var command = new NpgsqlBatchCommand(Text);
        foreach (var parameter in Parameters) command.Parameters.Add(parameter.Clone());
        return command;
    }
}

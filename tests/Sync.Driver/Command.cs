namespace Sync.Driver;

/// <summary>One line of the input: a JSON object with the name of what to do and what that needs.</summary>
internal sealed class Command
{
    private readonly CanonicalJson _json;

    private Command(CanonicalJson json) => _json = json;

    public string Name => Text("do");

    /// <summary>Comes back with the reply as it is; missing where the line had none.</summary>
    public CanonicalJson Id => _json["id"];

    public CanonicalJson this[string member] => _json[member];

    public static Command Parse(string line)
    {
        if (!CanonicalJson.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out var json, out var fault)) throw new CommandException(fault.Code, fault.Message);
        if (json.Kind != JsonKind.Object) throw new CommandException("bad_command", "A line must be a JSON object.");
        return new Command(json);
    }

    public string Text(string member) => TextOrNull(member) ?? throw new CommandException("bad_command", $"\"{member}\" must be there, a string.");

    public string? TextOrNull(string member) => _json[member].AsString();

    public long Number(string member) => _json[member].AsInt64() ?? throw new CommandException("bad_command", $"\"{member}\" must be there, a whole number.");

    public bool Flag(string member) => _json[member].AsBoolean() ?? false;

    public TimeSpan Patience(string member = "timeoutMs") => TimeSpan.FromMilliseconds(_json[member].AsInt64() ?? 10_000);

    public RecordKey Key => new(Text("table"), Text("record"));

    public IReadOnlyList<Operation> Operations => [.. _json["operations"].Elements.Select(OperationOf)];

    public Query Query => ProtocolCodec.TryReadQuery(_json["query"], out var query, out var fault) ? query : throw new CommandException(fault.Code, fault.Message);

    private static Operation OperationOf(CanonicalJson json) =>
        ProtocolCodec.TryReadOperation(json, out var operation, out var fault) ? operation : throw new CommandException(fault.Code, fault.Message);
}

/// <summary>A command that can't be carried out as it was given.</summary>
internal sealed class CommandException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

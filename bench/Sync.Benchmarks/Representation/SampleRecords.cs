using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sync.Benchmarks;

/// <summary>The guide's task, about 210 bytes of JSON with ten fields, in each representation that was considered.</summary>
internal static class SampleRecords
{
    public static string Id(int i) => $"0190a1b2-c3d4-7e5f-8a6b-{i.ToString("x12", CultureInfo.InvariantCulture)}";

    public static string Json(int i) =>
        $$"""{"assigneeId":"user-{{i % 97}}","createdAt":"2026-01-02T03:04:05.000000Z","createdBy":"user-{{i % 31}}","description":null,"dueDate":"2026-02-{{i % 28 + 1:00}}","orderIndex":{{i}},"status":"{{(i % 3) switch { 0 => "todo", 1 => "in_progress", _ => "done" }}}","title":"Write report {{i}}","workspaceId":"workspace-{{i % 50}}"}""";

    public static Record Canonical(int i) => new(new RecordKey("tasks", Id(i)), 1, CanonicalJson.Parse(Json(i)));

    public static JsonObject Tree(int i)
    {
        var tree = JsonNode.Parse(Json(i))!.AsObject();
        tree["id"] = Id(i);
        tree["version"] = 1;
        foreach (var (_, value) in tree) _ = value?.ToString();
        return tree;
    }

    public static ClrRecord Clr(int i) => ClrRecord.Parse(Id(i), Json(i));

    public static TypedTask Typed(int i) => JsonSerializer.Deserialize<TypedTask>(Json(i), JsonSerializerOptions.Web)! with { Id = Id(i), Version = 1 };
}

/// <summary>A candidate: values in an array beside a list of names that records of one shape share.</summary>
internal sealed class ClrRecord(string id, long version, string[] names, object?[] values)
{
    private static string[]? s_names;

    public string Id { get; } = id;
    public long Version { get; } = version;

    public object? Get(string name) => values[Array.IndexOf(names, name)];

    public ClrRecord Set(string name, object? value)
    {
        var copy = values.AsSpan().ToArray();
        copy[Array.IndexOf(names, name)] = value;
        return new ClrRecord(Id, Version + 1, names, copy);
    }

    public ClrRecord Move(string name, string element)
    {
        var list = (object?[])Get(name)!;
        var moved = new List<object?>(list.Length) { element };
        foreach (var item in list)
        {
            if (!element.Equals(item)) moved.Add(item);
        }
        return Set(name, moved.ToArray());
    }

    public void Write(Utf8JsonWriter to)
    {
        to.WriteStartObject();
        to.WriteString("id", Id);
        to.WriteNumber("version", Version);
        for (var i = 0; i < names.Length; i++)
        {
            to.WritePropertyName(names[i]);
            switch (values[i])
            {
                case string text: to.WriteStringValue(text); break;
                case double number: to.WriteNumberValue(number); break;
                default: to.WriteNullValue(); break;
            }
        }
        to.WriteEndObject();
    }

    public static ClrRecord Parse(string id, string json)
    {
        using var document = JsonDocument.Parse(json);
        s_names ??= [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
        return new ClrRecord(id, 1, s_names, [.. document.RootElement.EnumerateObject().Select(p => Value(p.Value))]);
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToArray(),
        _ => null,
    };
}

internal sealed record TypedTask(string Id, long Version, string WorkspaceId, string Title, string? Description, string Status, string? AssigneeId, DateOnly? DueDate, int OrderIndex, string CreatedBy, DateTimeOffset CreatedAt);

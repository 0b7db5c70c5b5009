using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Client.Blazor.Tests;

public sealed record Todo(string Id, string List, string Title);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Todo))]
internal sealed partial class SomeJson : JsonSerializerContext;

internal static class Some
{
    public static SyncModel Model { get; } = SyncModel.Create(m => m.Table("todos", SomeJson.Default.Todo).Index(t => t.List));
}

/// <summary>Everybody reads; "locked" can't be written.</summary>
internal sealed class TodoPermissions : Permissions<Todo>
{
    public override bool MayRead(Caller caller, Todo record, Related related) => true;
    public override Verdict MayWrite(Caller caller, Change<Todo> change, Related related) => change.Sides.All(todo => todo.Title != "locked");
}

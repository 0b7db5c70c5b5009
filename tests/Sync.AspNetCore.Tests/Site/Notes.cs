using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.AspNetCore.Tests.Site;

// The guide's second app: notebooks and their notes.
public sealed record Notebook(string Id, string Name, string OwnerId, IReadOnlyList<string> SharedWith);

public sealed record Note(
    string Id, string NotebookId, string Title, string CreatedBy, string Content = "", IReadOnlyList<string>? Tags = null, bool IsPinned = false,
    DateTimeOffset? UpdatedAt = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Notebook)), JsonSerializable(typeof(Note))]
internal sealed partial class NotesJson : JsonSerializerContext;

internal static class Notes
{
    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("notebooks", NotesJson.Default.Notebook).Index(n => n.OwnerId).Index(n => n.SharedWith);
        m.Table("notes", NotesJson.Default.Note).Index(n => n.NotebookId).Index(n => n.Tags);
    });
}

public sealed class NotebookPermissions : Permissions<Notebook>
{
    public override bool MayRead(Caller caller, Notebook notebook, Related related) =>
        notebook.OwnerId == caller.UserId || notebook.SharedWith.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Notebook> change, Related related) =>
        change.Sides.All(notebook => notebook.OwnerId == caller.UserId) ? Verdict.Allow : Verdict.Deny("only_the_owner");
}

public sealed class NotePermissions : Permissions<Note>
{
    public override bool MayRead(Caller caller, Note note, Related related) =>
        related.Get<Notebook>(note.NotebookId) is { } notebook && (notebook.OwnerId == caller.UserId || notebook.SharedWith.Contains(caller.UserId));

    public override Verdict MayWrite(Caller caller, Change<Note> change, Related related) =>
        change.Sides.All(note => MayRead(caller, note, related)) ? Verdict.Allow : Verdict.Deny("not_shared_with_you");
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.AspNetCore.Tests.Twins;

// An app with all kinds of hidden things: records of others, a table that feeds rules, a field that never leaves the server.
public sealed record Room(string Id, string Name, IReadOnlyList<string> MemberIds);

public sealed record Book(string Id, string RoomId, string Title, int Rank = 0, IReadOnlyList<string>? Tags = null, string? Secret = null);

public sealed record Pass(string Id, string RoomId, string UserId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Room)), JsonSerializable(typeof(Book)), JsonSerializable(typeof(Pass))]
internal sealed partial class ShelfJson : JsonSerializerContext;

internal static class Shelf
{
    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("rooms", ShelfJson.Default.Room).Index(r => r.MemberIds);
        m.Table("books", ShelfJson.Default.Book).Index(b => b.RoomId).Index(b => b.Tags).Index(b => b.Rank).ServerOnly(b => b.Secret).Validate(b => b.Title.Length <= 40, "title_length");
        m.Table("passes", ShelfJson.Default.Pass).Index(p => p.UserId).ServerOnly();
    });
}

public sealed class RoomPermissions : Permissions<Room>
{
    public override bool MayRead(Caller caller, Room room, Related related) => room.MemberIds.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Room> change, Related related) =>
        change.Sides.All(room => room.MemberIds.Contains(caller.UserId)) ? Verdict.Allow : Verdict.Deny("not_a_member");
}

public sealed class BookPermissions : Permissions<Book>
{
    public override bool MayRead(Caller caller, Book book, Related related) =>
        IsMember(caller, book, related) || related.Where<Pass, string>(p => p.UserId, caller.UserId).Any(pass => pass.RoomId == book.RoomId);

    public override Verdict MayWrite(Caller caller, Change<Book> change, Related related) =>
        change.Sides.All(book => IsMember(caller, book, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");

    private static bool IsMember(Caller caller, Book book, Related related) => related.Get<Room>(book.RoomId)?.MemberIds.Contains(caller.UserId) == true;
}

using Sync.Server;

namespace Sync.AspNetCore.Tests.Twins;

/// <summary>
/// What goes on where the watcher may not look. A quiet server has a room with one book for others; on a busy one rooms, books, passes and members come, change, move and go
/// before each thing that the watcher does.
/// </summary>
internal sealed class Vault(SyncServer server, bool isBusy)
{
    public const string Marker = "#hidden#";

    /// <summary>Books that lie hidden in one of two servers, in both, or in none.</summary>
    public static readonly string[] Guesses = ["only-quiet", "only-busy", "both", "gone", "none"];

    /// <summary>A book that is or was there in both: its id is taken.</summary>
    public const string Taken = "taken";

    private const int StirredAtOnce = 3;

    private static readonly Caller App = Caller.App("vault");
    private readonly Random _random = new(1);

    public async Task FillAsync()
    {
        await WriteAsync(Room("vault", "carol"), Book("both", "vault", 1), Book(Taken, "vault", 2));
        if (!isBusy)
        {
            await WriteAsync(Book("only-quiet", "vault", 1));
            return;
        }
        await WriteAsync(Room("cellar", "carol", "dave"), Book("only-busy", "cellar", 1), Book("gone", "vault", 1), Pass("p1", "open", "dave"), Pass("p2", "cellar", "carol"));
        for (var i = 0; i < 40; i++) await WriteAsync(Book($"stack-{i}", i % 2 == 0 ? "vault" : "cellar", i % 7));
        for (var i = 0; i < 5; i++) await WriteAsync(new Operation.Set(new("books", "both"), FieldPath.Of("title"), CanonicalJson.From($"{Marker} {i}")));
        await WriteAsync(new Operation.Delete(new("books", "gone")), new Operation.Delete(new("books", Taken)));
    }

    /// <summary>Something happens, on a busy server.</summary>
    public async Task StirAsync()
    {
        for (var i = 0; isBusy && i < StirredAtOnce; i++) await WriteAsync(Next());
    }

    private Operation Next()
    {
        var book = new RecordKey("books", $"stack-{_random.Next(60)}");
        var (room, other) = (_random.Next(2) == 0 ? "vault" : "cellar", _random.Next(2) == 0 ? "dave" : "erin");
        return _random.Next(9) switch
        {
            0 or 1 => Book(book.Id, room, _random.Next(7)),
            2 => new Operation.Delete(book),
            3 => new Operation.Restore(book),
            4 => new Operation.Set(book, FieldPath.Of("roomId"), CanonicalJson.From(room)),
            5 => new Operation.Set(book, FieldPath.Of("secret"), CanonicalJson.From(Marker)),
            6 => new Operation.ListInsert(new("rooms", room), FieldPath.Of("memberIds"), CanonicalJson.From(other), ListPosition.AtEnd),
            7 => new Operation.ListRemove(new("rooms", room), FieldPath.Of("memberIds"), CanonicalJson.From(other)),
            _ => Pass($"p{_random.Next(100)}", room, other),
        };
    }

    // Whether it takes effect is no matter: a book may be there already, or gone.
    private async Task WriteAsync(params Operation[] operations) =>
        await server.WriteAsync(App, new Transaction { TxId = Guid.NewGuid().ToString(), Operations = [.. operations] });

    private static Operation Room(string id, params string[] members) =>
        new Operation.Create(new("rooms", id), CanonicalJson.Parse($$"""{"name":"{{Marker}}","memberIds":["{{string.Join("\",\"", members)}}"]}"""));

    private static Operation Book(string id, string room, int rank) =>
        new Operation.Create(new("books", id), CanonicalJson.Parse($$"""{"roomId":"{{room}}","title":"{{Marker}}","rank":{{rank}},"tags":["red"],"secret":"{{Marker}}"}"""));

    private static Operation Pass(string id, string room, string user) => new Operation.Create(new("passes", id), CanonicalJson.Parse($$"""{"roomId":"{{room}}","userId":"{{user}}"}"""));
}

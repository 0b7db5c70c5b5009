using System.Collections.Immutable;
using Sync.Server;
using Sync.Testing;

namespace Sync.Simulation;

/// <summary>
/// A board with members and guests that come and go. The space "vault" is never for the watcher: what is in it differs between twin worlds, in values but not
/// in whether a write is accepted. Records whose ids begin with v lie there and stay there.
/// </summary>
internal class BoardWorkload : SimulationWorkload
{
    public const string Vault = "vault";

    private const string OtherVault = "vault2";

    /// <summary>A card that lies in the vault from the beginning, whatever becomes of it: its id is taken in every world.</summary>
    private const string AlwaysTaken = "vt";

    private static readonly string[] Spaces = ["s0", "s1", Vault];
    private static readonly string[] Tags = ["red", "green", "blue"];
    private static readonly string[] Titles = ["a", "bb", "ccc", "ünï𝄞", "locked", "far too long a title"];
    private readonly bool _hasWatcher;

    public BoardWorkload(bool hasWatcher = false) => _hasWatcher = hasWatcher;

    public override SyncModel Model { get; } = BoardModel.Create();

    public override IReadOnlyList<string> Users { get; } = ["ann", "bob", "cem"];

    public override string? Watcher => _hasWatcher ? "bob" : null;

    public override void AddPermissions(SyncServerBuilder server) => server
        .AddPermissions<Card, CardPermissions>().AddPermissions<Space, SpacePermissions>().AddPermissions<Memo, MemoPermissions>();

    public override IEnumerable<Operation> First =>
    [
        .. Spaces.Select(space => Create("spaces", space, $$"""{"name":"{{space}}","memberIds":{{(space == Vault ? """["ann","cem"]""" : """["ann","bob","cem"]""")}}}""")),
        Create("spaces", OtherVault, """{"name":"vault2","memberIds":["ann"]}"""),
        Create("cards", AlwaysTaken, """{"spaceId":"vault","title":"a","rank":1,"done":false}"""),
        .. Enumerable.Range(0, 6).Select(i => Create("cards", $"c{i}", $$"""{"spaceId":"{{Spaces[i % 2]}}","title":"a","rank":{{i}},"done":false}""")),
    ];

    public override ImmutableArray<Operation> DrawWrite(Random random, string user) => random.Next(5) switch
    {
        0 => [.. Several(random, random.Next(2, 5))],
        1 => [CardOperation(random), CardOperation(random)],
        2 => [MemoOperation(random)],
        3 when random.Next(6) == 0 => [new Operation.Set(new("spaces", Pick(random, Spaces)), FieldPath.Of("name"), Text(random))],
        _ => [CardOperation(random)],
    };

    public override Query DrawQuery(Random random, string user) => random.Next(9) switch
    {
        0 => Query.ForRecord(CardKey(random)),
        1 => ByRank(random) with { Where = [In("spaceId", Spaces[..2])] },
        2 => ByRank(random) with { Limit = random.Next(1, 4) },
        3 => new Query { Table = "memos", Where = [Is("spaceId", Pick(random, Spaces))] },
        4 => new Query { Table = "spaces", Where = [new QueryCondition.Contains(FieldPath.Of("memberIds"), CanonicalJson.From(user))] },
        5 => new Query { Table = "cards", Where = [new QueryCondition.Contains(FieldPath.Of("tags"), CanonicalJson.From(Pick(random, Tags)))] },
        6 => ByRank(random) with { Where = [new QueryCondition.AnyOf(FieldPath.Of("rank"), [.. Enumerable.Range(0, 6).Select(rank => CanonicalJson.From((long)rank))])], Limit = 3 },
        7 => new Query { Table = "cards", Where = [Is("spaceId", Pick(random, Spaces)), new QueryCondition.LessThan(FieldPath.Of("rank"), CanonicalJson.From((long)random.Next(10)), OrEqual: true)] },
        _ => ByRank(random),
    };

    public override ImmutableArray<Operation> DrawAppWrite(Random random)
    {
        var space = Pick(random, _hasWatcher ? Spaces[..2] : Spaces);
        var user = Pick(random, Users);
        if (random.Next(4) == 0) return [CardOperation(random)];
        var right = random.Next(6) switch
        {
            0 or 1 => Insert("spaces", space, "memberIds", user),
            2 or 3 => new Operation.ListRemove(new("spaces", space), FieldPath.Of("memberIds"), CanonicalJson.From(user)),
            4 => Create("guests", $"{space}-{user}", $$"""{"spaceId":"{{space}}","userId":"{{user}}"}"""),
            _ => new Operation.Delete(new("guests", $"{space}-{user}")),
        };
        return random.Next(3) == 0 ? [right, CardOperation(random)] : [right];
    }

    public override ImmutableArray<Operation> DrawHiddenWrite(Random random)
    {
        var (card, memo) = (new RecordKey("cards", random.Next(3) == 0 ? AlwaysTaken : $"v{random.Next(6)}"), new RecordKey("memos", $"v{random.Next(4)}"));
        var (space, other) = (random.Next(2) == 0 ? Vault : OtherVault, Pick(random, ["ann", "cem"]));
        return random.Next(12) switch
        {
            0 or 1 => [Create("cards", card.Id, $$"""{"spaceId":"{{space}}","title":{{Text(random)}},"rank":{{random.Next(10)}},"done":false,"tags":["{{Pick(random, Tags)}}"]}""")],
            2 => [new Operation.Set(card, FieldPath.Of("spaceId"), CanonicalJson.From(space)), new Operation.Set(card, FieldPath.Of("rank"), CanonicalJson.From((long)random.Next(10)))],
            3 => [new Operation.Set(card, FieldPath.Of("title"), Text(random), Condition(random))],
            4 => [Insert(card.Table, card.Id, "tags", Pick(random, Tags), random)],
            5 => [new Operation.Delete(card)],
            6 => [new Operation.Restore(card)],
            7 => [Create("memos", memo.Id, $$"""{"spaceId":"{{space}}","text":{{Text(random)}}}""")],
            8 => [new Operation.Delete(memo)],
            9 => [random.Next(2) == 0 ? Insert("spaces", space, "memberIds", other) : new Operation.ListRemove(new("spaces", space), FieldPath.Of("memberIds"), CanonicalJson.From(other))],
            10 => [Create("guests", $"{space}-{other}", $$"""{"spaceId":"{{space}}","userId":"{{other}}"}""")],
            _ => [new Operation.Delete(new("guests", $"{space}-{other}"))],
        };
    }

    public override bool IsHidden(RecordKey key) => key.Id.StartsWith('v');

    public override bool MayTell(Operation operation) => base.MayTell(operation) && operation.Key.Id != AlwaysTaken;

    public override Operation TwinOf(Operation operation) => operation.Key.Id.StartsWith('v') ? BoardTwin.Of(operation) : operation;

    private static IEnumerable<Operation> Several(Random random, int count) => Enumerable.Range(0, count).Select(_ => CardOperation(random));

    private static Operation CardOperation(Random random)
    {
        var key = CardKey(random);
        return random.Next(18) switch
        {
            < 4 => Create("cards", key.Id, $$"""{"spaceId":"{{SpaceOf(random, key)}}","title":{{Text(random, key)}},"rank":{{random.Next(10)}},"done":false}"""),
            < 6 => new Operation.Set(key, FieldPath.Of("title"), Text(random, key), Condition(random)),
            < 8 => new Operation.Set(key, FieldPath.Of("rank"), CanonicalJson.From((long)random.Next(10))),
            8 => new Operation.Set(key, FieldPath.Of("place", random.Next(2) == 0 ? "x" : "y"), CanonicalJson.From((long)random.Next(3))),
            9 => new Operation.Unset(key, FieldPath.Of("note"), Condition(random)),
            10 => new Operation.Set(key, FieldPath.Of("note"), Text(random, key)),
            11 => new Operation.SetNow(key, FieldPath.Of("touchedAt")),
            12 or 13 => Insert(key.Table, key.Id, "tags", Pick(random, Tags), random),
            14 => new Operation.ListRemove(key, FieldPath.Of("tags"), CanonicalJson.From(Pick(random, Tags))),
            15 => new Operation.Set(key, FieldPath.Of("spaceId"), CanonicalJson.From(SpaceOf(random, key))),
            16 => new Operation.Delete(key, random.Next(3) == 0 ? new Condition.VersionIs(random.Next(1, 4)) : null),
            _ => new Operation.Restore(key),
        };
    }

    private static Operation MemoOperation(Random random)
    {
        var key = new RecordKey("memos", random.Next(4) == 0 ? $"v{random.Next(2)}" : $"m{random.Next(4)}");
        return random.Next(7) switch
        {
            < 3 => Create("memos", key.Id, $$"""{"spaceId":"{{SpaceOf(random, key)}}","text":{{Text(random, key)}}}"""),
            3 => new Operation.Set(key, FieldPath.Of("text"), Text(random, key)),
            4 or 5 => new Operation.Delete(key),
            _ => new Operation.Restore(key),
        };
    }

    private static Condition? Condition(Random random) => random.Next(6) switch
    {
        0 => new Condition.ValueIs(Text(random)),
        1 => Sync.Condition.Absent.Instance,
        2 => new Condition.VersionIs(random.Next(1, 5)),
        _ => null,
    };

    private static Query ByRank(Random random) => new() { Table = "cards", Where = [Is("spaceId", Pick(random, Spaces))], OrderBy = [new SortField(FieldPath.Of("rank"), random.Next(2) == 0)] };

    private static Operation Insert(string table, string id, string field, string value, Random? random = null) =>
        new Operation.ListInsert(new(table, id), FieldPath.Of(field), CanonicalJson.From(value), random?.Next(4) switch
        {
            0 => ListPosition.AtStart,
            1 => new ListPosition.Before(CanonicalJson.From(Pick(random, Tags))),
            2 => new ListPosition.After(CanonicalJson.From(Pick(random, Tags))),
            _ => ListPosition.AtEnd,
        });

    private static RecordKey CardKey(Random random) => new("cards", random.Next(4) == 0 ? $"v{random.Next(3)}" : $"c{random.Next(8)}");
    private static string SpaceOf(Random random, RecordKey key) => key.Id.StartsWith('v') ? Vault : Spaces[random.Next(2)];
    private static Operation Create(string table, string id, string json) => new Operation.Create(new(table, id), CanonicalJson.Parse(json));
    private static CanonicalJson Text(Random random) => CanonicalJson.From(Pick(random, Titles));

    // What a client refuses by itself it may refuse or not by what it holds: in the vault nothing is too long.
    private static CanonicalJson Text(Random random, RecordKey key) => CanonicalJson.From(Pick(random, key.Id.StartsWith('v') ? Titles[..^1] : Titles));
    private static QueryCondition Is(string field, string value) => new QueryCondition.EqualTo(FieldPath.Of(field), CanonicalJson.From(value));
    private static QueryCondition In(string field, string[] values) => new QueryCondition.AnyOf(FieldPath.Of(field), [.. values.Select(value => CanonicalJson.From(value))]);
    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}

using Sync.Node;

namespace Sync.Crash.Tests;

/// <summary>The records that writers meet at: a few that all of them write to, and some of smaller circles.</summary>
internal static class Room
{
    public const string Hot = "hot";
    public const int HotItems = 20;
    public const int Circles = 10;

    public static string HotItem(Random random) => $"hot-{random.Next(HotItems)}";

    public static string Circle(int number) => $"circle-{number % Circles}";

    /// <summary>One that is there from the beginning, in each circle.</summary>
    public static string SeedOf(string circle) => $"seed-{circle}";

    public static IEnumerable<(string Id, string Room)> Seeds =>
        [.. Enumerable.Range(0, HotItems).Select(i => ($"hot-{i}", Hot)), .. Enumerable.Range(0, Circles).Select(i => (SeedOf(Circle(i)), Circle(i)))];

    public static Query Query(string table, string room) => new() { Table = table, Where = [new QueryCondition.EqualTo(FieldPath.Of("room"), CanonicalJson.From(room))] };

    public static RecordKey Item(string id) => new(NodeModel.Items, id);

    public static RecordKey Note(string id) => new(NodeModel.Notes, id);
}

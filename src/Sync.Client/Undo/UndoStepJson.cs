using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sync.Client;

/// <summary>A step as storages keep it.</summary>
internal static class UndoStepJson
{
    public static CanonicalJson Write(UndoStep step, Func<UndoPart, UndoPart> stored) => CanonicalJson.Object(
        new("entry", CanonicalJson.From(step.Entry.Id)),
        new("redo", CanonicalJson.From(step.Entry.IsRedo)),
        new("label", step.Entry.Label is { } label ? CanonicalJson.From(label) : default),
        new("started", CanonicalJson.From(step.Entry.StartedAt.ToUnixTimeMilliseconds())),
        new("txId", CanonicalJson.From(step.TxId)),
        new("parts", CanonicalJson.List(step.Parts.Select(part => Write(stored(part))))));

    /// <summary>The entry's own facts; its steps are found by them.</summary>
    public static UndoEntry? ReadEntry(CanonicalJson json) =>
        json["entry"].AsInt64() is { } id && json["redo"].AsBoolean() is { } isRedo && json["started"].AsInt64() is { } started
            ? new UndoEntry(id, isRedo, json["label"].AsString(), DateTimeOffset.FromUnixTimeMilliseconds(started))
            : null;

    /// <summary>False for what another version wrote.</summary>
    public static bool TryRead(StoredUndoStep stored, UndoEntry entry, [NotNullWhen(true)] out UndoStep? step)
    {
        var parts = ImmutableArray.CreateBuilder<UndoPart>();
        foreach (var json in stored.Content["parts"].Elements)
        {
            if (Read(json) is not { } part)
            {
                step = null;
                return false;
            }
            parts.Add(part);
        }
        step = new UndoStep(stored.Number, entry, stored.Content["txId"].AsString() ?? "", parts.ToImmutable()) { Bytes = stored.Content.Utf8.Length };
        return true;
    }

    private static CanonicalJson Write(UndoPart part) => part switch
    {
        UndoPart.Field field => Write(part, "field",
            new("mine", field.Mine), new("before", field.Before), new("made", Write(field.Made)), new("now", CanonicalJson.From(field.IsNow)), new("guess", field.Guess)),
        UndoPart.Element element => Write(part, "element",
            new("value", element.Value), new("before", element.Before), new("after", element.After), new("made", Write(element.Made))),
        UndoPart.Appeared appeared => Write(part, "appeared", new("mine", appeared.Mine), new("back", CanonicalJson.From(appeared.IsBroughtBack))),
        UndoPart.Deleted deleted => Write(part, "deleted", new KeyValuePair<string, CanonicalJson>("mine", deleted.Mine)),
        UndoPart.Uncreated uncreated => Write(part, "uncreated", new KeyValuePair<string, CanonicalJson>("fields", uncreated.Fields)),
        UndoPart.Lost => Write(part, "lost"),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Not a part of this version."),
    };

    private static CanonicalJson Write(UndoPart part, string kind, params ReadOnlySpan<KeyValuePair<string, CanonicalJson>> more) => CanonicalJson.Object(
    [
        new("kind", CanonicalJson.From(kind)),
        new("table", CanonicalJson.From(part.Key.Table)),
        new("id", CanonicalJson.From(part.Key.Id)),
        new("index", CanonicalJson.From(part.Index)),
        new("path", Write(part.Path)),
        .. more,
    ]);

    private static CanonicalJson Write(MadeParent? made) => made is null
        ? default
        : CanonicalJson.Object(new("path", Write(made.Path)), new("mine", made.Mine), new("before", made.Before));

    private static CanonicalJson Write(FieldPath path) => CanonicalJson.List(path.Segments.Select(CanonicalJson.From));

    private static UndoPart? Read(CanonicalJson json)
    {
        if (json["table"].AsString() is not { } table || json["id"].AsString() is not { } id || json["index"].AsInt64() is not { } number || ReadPath(json["path"]) is not { } path) return null;
        var (key, index) = (new RecordKey(table, id), (int)number);
        return json["kind"].AsString() switch
        {
            "field" => new UndoPart.Field(key, index, path, json["mine"], json["before"], ReadMade(json["made"]), json["now"].AsBoolean() == true) { Guess = json["guess"] },
            "element" => new UndoPart.Element(key, index, path, json["value"], json["before"], json["after"], ReadMade(json["made"])),
            "appeared" => new UndoPart.Appeared(key, index, json["mine"]) { IsBroughtBack = json["back"].AsBoolean() == true },
            "deleted" => new UndoPart.Deleted(key, index) { Mine = json["mine"] },
            "uncreated" => new UndoPart.Uncreated(key, index, json["fields"]),
            "lost" => new UndoPart.Lost(key, index, path),
            _ => null,
        };
    }

    private static MadeParent? ReadMade(CanonicalJson json) => ReadPath(json["path"]) is { } path ? new MadeParent(path, json["mine"], json["before"]) : null;

    private static FieldPath? ReadPath(CanonicalJson json)
    {
        if (json.Kind != JsonKind.List) return null;
        string?[] segments = [.. json.Elements.Select(segment => segment.AsString())];
        return segments.Length == 0 || segments.Contains(null) ? null : FieldPath.Of(segments!);
    }
}

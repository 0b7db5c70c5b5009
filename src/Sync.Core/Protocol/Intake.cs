using System.Collections.Immutable;
using System.Globalization;

namespace Sync;

/// <summary>
/// Takes the parts of a message out of a parsed frame. The first fault sticks: what is taken after it is a placeholder that never leaves the codec,
/// so readers are written as if nothing could fail.
/// </summary>
internal sealed class Intake
{
    private const int LongestShownName = 40;

    private readonly Stack<(MemberName List, int Index)> _place = new();

    // Operations in a row often write the same field, and to make a path costs more than all else about it.
    private (CanonicalJson Json, FieldPath Path) _lastPath;

    public JsonFault? Fault { get; private set; }
    public bool IsSound => Fault is null;

    public void Refuse(string code, string message)
    {
        if (Fault is not null) return;
        var place = string.Join('.', _place.Reverse().Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.List}[{p.Index}]")));
        Fault = new JsonFault(code, place.Length == 0 ? message : $"{place}: {message}");
    }

    public void Refuse(ApplyError? error)
    {
        if (error is not null) Refuse(error.Code, error.Message);
    }

    public void Expected(string what, string expected, CanonicalJson came, string code = ErrorCodes.BadMessage) =>
        Refuse(code, $"{what} must be {expected}, but {KindNames.Of(came.Kind)} came.");

    public string Text(CanonicalJson of, MemberName name) => TextOf(of.Get(name), name);

    public string? OptionalText(CanonicalJson of, MemberName name)
    {
        var json = of.Get(name);
        return json.IsMissingOrNull ? null : TextOf(json, name);
    }

    /// <summary>A text of a peer's own making, such as a token, that is only handed back.</summary>
    public string? OptionalMark(CanonicalJson of, MemberName name)
    {
        var text = OptionalText(of, name);
        if (text?.Length > JsonLimits.MaxIdBytes) Refuse(ErrorCodes.BadMessage, $"'{name}' may have at most {JsonLimits.MaxIdBytes} characters.");
        return text;
    }

    public Token OptionalToken(CanonicalJson of) => new(OptionalMark(of, MemberName.Token)!);

    public string Id(CanonicalJson of, MemberName name) => IdOf(of.Get(name), name);

    public string IdOf(CanonicalJson json, MemberName name)
    {
        var id = TextOf(json, name);
        if (IsSound && IdRule.Check(id) is { } error) Refuse(error.Code, $"'{name}': {error.Message}");
        return id;
    }

    public string? OptionalId(CanonicalJson of, MemberName name)
    {
        var json = of.Get(name);
        return json.IsMissingOrNull ? null : IdOf(json, name);
    }

    public RecordKey Key(CanonicalJson of) => new(Text(of, MemberName.Table), Id(of, MemberName.Id));

    public long Whole(CanonicalJson of, MemberName name, long least = 0, long most = long.MaxValue) => WholeOf(of.Get(name), name, least, most);

    public long WholeOf(CanonicalJson json, MemberName name, long least = 0, long most = long.MaxValue)
    {
        if (json.AsInt64() is { } number && number >= least && number <= most) return number;
        var expected = most == long.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}";
        if (json.Kind == JsonKind.Number) Refuse(ErrorCodes.BadMessage, $"'{name}' must be {expected}, but another number came.");
        else Expected($"'{name}'", expected, json);
        return least;
    }

    public long OptionalWhole(CanonicalJson of, MemberName name, long otherwise, long most = long.MaxValue)
    {
        var json = of.Get(name);
        return json.IsMissingOrNull ? otherwise : WholeOf(json, name, 0, most);
    }

    public TimeSpan Milliseconds(CanonicalJson of, MemberName name) => TimeSpan.FromMilliseconds(Whole(of, name, 0, int.MaxValue));

    public bool Flag(CanonicalJson of, MemberName name)
    {
        var json = of.Get(name);
        if (json.IsMissingOrNull) return false;
        if (json.AsBoolean() is { } flag) return flag;
        Expected($"'{name}'", "true or false", json);
        return false;
    }

    public DateTimeOffset OptionalInstant(CanonicalJson of, MemberName name)
    {
        if (OptionalText(of, name) is not { } text) return default;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return instant;
        Refuse(ErrorCodes.BadMessage, $"'{name}' must be an instant in UTC, such as 2025-01-31T12:00:00.000000Z.");
        return default;
    }

    public FieldPath Path(CanonicalJson of, MemberName name)
    {
        var json = of.Get(name);
        if (!json.IsMissing && json == _lastPath.Json) return _lastPath.Path;
        if (!FieldPath.TryParse(json, out var path, out var error)) Refuse(error.Code, $"'{name}': {error.Message}");
        else _lastPath = (json, path);
        return path;
    }

    /// <summary>The elements of a list, each read by <paramref name="read"/>; a missing list is empty.</summary>
    public ImmutableArray<T> List<T>(CanonicalJson of, MemberName name, Func<CanonicalJson, Intake, T> read, JsonKind elements = JsonKind.Object)
    {
        var json = of.Get(name);
        return json.IsMissingOrNull ? [] : ListOf(json, name, read, elements);
    }

    public ImmutableArray<T> RequiredList<T>(CanonicalJson of, MemberName name, Func<CanonicalJson, Intake, T> read, JsonKind elements = JsonKind.Object) =>
        ListOf(of.Get(name), name, read, elements);

    /// <summary>A name that came from outside, short and plain enough to stand in a message or a log line.</summary>
    public static string Shown(string name)
    {
        var cut = name.Length > LongestShownName ? name[..LongestShownName] + "…" : name;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    private ImmutableArray<T> ListOf<T>(CanonicalJson json, MemberName name, Func<CanonicalJson, Intake, T> read, JsonKind elements)
    {
        if (json.Kind != JsonKind.List)
        {
            Expected($"'{name}'", "a list", json);
            return [];
        }

        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var element in json.Elements)
        {
            _place.Push((name, items.Count));
            if (element.Kind == elements) items.Add(read(element, this));
            else Expected("It", KindNames.Of(elements), element);
            _place.Pop();
            if (!IsSound) return [];
        }
        return items.DrainToImmutable();
    }

    private string TextOf(CanonicalJson json, MemberName name)
    {
        if (json.AsString() is { } text) return text;
        Expected($"'{name}'", "a string", json);
        return "";
    }
}

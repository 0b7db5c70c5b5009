using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>What is special about one table.</summary>
public sealed class TableBuilder<T> where T : class
{
    private readonly JsonTypeInfo<T> _json;
    private readonly List<RecordCheck<T>> _checks = [];
    private TableSettings _settings;

    internal TableBuilder(string name, JsonTypeInfo<T> json) => (_json, _settings) = (json, new TableSettings(name, new RecordType(json)));

    /// <summary>Queries may be served by this field; of a list, by each of its elements.</summary>
    /// <exception cref="ArgumentException">The expression names no field that can be indexed.</exception>
    public TableBuilder<T> Index<TValue>(Expression<Func<T, TValue>> field)
    {
        var path = _settings.Type.PathOf(field);
        if (path.IsId) throw new ArgumentException($"The id of \"{_settings.Name}\" is always indexed: leave out .Index({field}).");
        if (_settings.Type.ShapeAt(path) is ObjectShape or DictionaryShape or ListShape { Element: ObjectShape or DictionaryShape or ListShape })
            throw new ArgumentException($"\"{path}\" of \"{_settings.Name}\" can't be indexed: objects have no order. Index one of its scalar fields.");
        if (!_settings.Indexes.Contains(path)) _settings = _settings with { Indexes = _settings.Indexes.Add(path) };
        return this;
    }

    /// <summary>A check that every changed record must pass, on both ends; a record that fails is refused with <paramref name="code"/>. Pure: it runs many times, and throwing is failing.</summary>
    public TableBuilder<T> Validate(Func<T, bool> isValid, string code)
    {
        ArgumentNullException.ThrowIfNull(isValid);
        ArgumentException.ThrowIfNullOrEmpty(code);
        _checks.Add(new RecordCheck<T>(isValid, code));
        return this;
    }

    /// <summary>A delete sets this field to the server's time and a restore takes it away; reads leave such records out.</summary>
    /// <exception cref="ArgumentException">The field is no nullable instant.</exception>
    public TableBuilder<T> SoftDelete<TValue>(Expression<Func<T, TValue>> field)
    {
        var path = _settings.Type.PathOf(field);
        if (_settings.Type.MemberAt(path, out _) is not { IsNullable: true, Shape.Kind: FieldKind.Instant })
            throw new ArgumentException($"\"{path}\" of \"{_settings.Name}\" can't hold the time of a soft delete. Make it a DateTimeOffset?.");
        _settings = _settings with { SoftDeleteField = path };
        return this;
    }

    /// <summary>The whole table may be queried: it never holds more than this many records.</summary>
    public TableBuilder<T> Small(int maxRecords = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        _settings = _settings with { SmallMaxRecords = maxRecords };
        return this;
    }

    /// <summary>Feeds rules and never leaves the server.</summary>
    public TableBuilder<T> ServerOnly()
    {
        _settings = _settings with { IsServerOnly = true };
        return this;
    }

    /// <summary>
    /// Rules, checks and the app's own code see this field; it never leaves the server. To users it is no field at all: what names it is refused as an unknown field is,
    /// a record that they create has the field's default, and on their devices the property has it too.
    /// </summary>
    /// <exception cref="ArgumentException">The field is no top-level field, or has no value that it could have where it is not told.</exception>
    public TableBuilder<T> ServerOnly<TValue>(Expression<Func<T, TValue>> field)
    {
        var path = _settings.Type.PathOf(field);
        if (path.IsId) throw new ArgumentException($"The id of \"{_settings.Name}\" can't be server-only: it is how a record is told. Make the whole table .ServerOnly().");
        if (path.Segments.Length > 1)
            throw new ArgumentException($"\"{path}\" of \"{_settings.Name}\" lies within another field, which users write as a whole. Make \"{path.Root}\" .ServerOnly(…), or give \"{path}\" a place beside it.");
        if (_settings.Type.MemberAt(path, out _) is { IsNullable: false, HasDefault: false })
            throw new ArgumentException($"\"{path}\" of \"{_settings.Name}\" can't be server-only: clients have the property without its value, and what users create lacks it. Make it nullable, or give it a default.");
        if (!_settings.ServerOnlyFields.Contains(path.Root)) _settings = _settings with { ServerOnlyFields = _settings.ServerOnlyFields.Add(path.Root) };
        return this;
    }

    /// <exception cref="ArgumentException">What was said does not go together: names the calls.</exception>
    internal TableModel Build()
    {
        if (_settings.SoftDeleteField is { } softDelete && _settings.ServerOnlyFields.Contains(softDelete.Root))
            throw new ArgumentException($"\"{softDelete}\" of \"{_settings.Name}\" can't be both .SoftDelete(…) and .ServerOnly(…): clients tell by it that a record is deleted.");
        return new TableModel<T>(_settings, _json, [.. _checks]);
    }
}

namespace Sync;

public readonly partial struct CanonicalJson
{
    /// <summary>The value at a path, walking objects only; missing if there is none.</summary>
    public CanonicalJson Get(FieldPath path) => throw new NotImplementedException();

    /// <summary>A member of an object; missing if there is none, or if this is no object.</summary>
    public CanonicalJson this[string name] => throw new NotImplementedException();

    /// <summary>The members of an object in canonical order; nothing for other kinds.</summary>
    public IEnumerable<KeyValuePair<string, CanonicalJson>> Members => throw new NotImplementedException();

    /// <summary>The elements of a list; nothing for other kinds.</summary>
    public IEnumerable<CanonicalJson> Elements => throw new NotImplementedException();

    /// <summary>The text of a string; null for other kinds.</summary>
    public string? AsString() => throw new NotImplementedException();

    /// <summary>The number as a whole number; null for other kinds and for what is not whole or does not fit.</summary>
    public long? AsInt64() => throw new NotImplementedException();

    /// <summary>The nearest double; null for other kinds.</summary>
    public double? AsDouble() => throw new NotImplementedException();
    public bool? AsBoolean() => Kind switch { JsonKind.True => true, JsonKind.False => false, _ => null };

    /// <summary>The total order: missing = null &lt; false &lt; true &lt; numbers &lt; strings by code point &lt; lists and objects, which are all equal to each other here.</summary>
    public int CompareTo(CanonicalJson other) => throw new NotImplementedException();
}

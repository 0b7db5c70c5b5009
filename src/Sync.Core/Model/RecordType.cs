using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>A record's CLR type as JSON sees it: its shape, its id, and the paths that expressions over it name.</summary>
internal sealed class RecordType
{
    private const string IdName = "id";
    private const string VersionName = "version";

    private readonly Type _type;
    private readonly ObjectMember _id;

    /// <exception cref="ArgumentException">The type cannot be a record: names the fix.</exception>
    public RecordType(JsonTypeInfo json)
    {
        _type = json.Type;
        Options = json.Options;
        RefusesUnknownMembers = (json.UnmappedMemberHandling ?? json.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow;
        Shape = new ShapeReader(json.Options).Of(_type) as ObjectShape
            ?? throw new ArgumentException($"{_type.Name} is not written as a plain JSON object (it has a converter of its own, is polymorphic or is a list), so it can't be a record.");
        _id = Shape.Find(IdName) is { Shape.Kind: FieldKind.String or FieldKind.Any } id ? id : throw new ArgumentException(NoId());
        if (Shape.Find(VersionName) is { Shape.Kind: not FieldKind.Number })
            throw new ArgumentException($"{_type.Name} has a property with the JSON name \"version\" that is no number. That name is the record's own counter: make it a long, or give it another name with [JsonPropertyName].");
    }

    private RecordType(RecordType whole, ObjectShape shape) =>
        (_type, _id, Options, RefusesUnknownMembers, Shape) = (whole._type, whole._id, whole.Options, whole.RefusesUnknownMembers, shape);

    public JsonSerializerOptions Options { get; }

    public ObjectShape Shape { get; }

    /// <summary>True where the type is not read at all with a member that it does not have.</summary>
    public bool RefusesUnknownMembers { get; }

    public bool ShowsVersion => Shape.Find(VersionName) is not null;

    public static bool IsReserved(string name) => name is IdName or VersionName;

    /// <summary>The id of a typed value; null where only its JSON tells.</summary>
    public string? IdOf(object value) => _id.Property.Get!(value) as string;

    /// <summary>The type as those know it who must not know of some of its members.</summary>
    public RecordType Without(IReadOnlyCollection<string> names) => new(this, Shape.Without(names));

    /// <summary>The path of <c>t => t.A.B</c>, the id included.</summary>
    public FieldPath PathOf(LambdaExpression field)
    {
        var chain = new Stack<MemberInfo>();
        var step = field.Body;
        while (step is not ParameterExpression)
        {
            switch (step)
            {
                case UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.TypeAs } conversion:
                    step = conversion.Operand;
                    break;
                case MemberExpression { Expression: { } owner } access:
                    if (!IsNullableValue(access.Member)) chain.Push(access.Member);
                    step = owner;
                    break;
                default:
                    throw NoPath(field);
            }
        }

        return chain.Count == 0 ? throw NoPath(field) : PathOf(field, chain);
    }

    /// <summary>The shape at a path; null where the type does not know it.</summary>
    public Shape? ShapeAt(FieldPath path)
    {
        MemberAt(path, out var shape);
        return shape;
    }

    /// <summary>The property that a path ends at, if it ends at one.</summary>
    public ObjectMember? MemberAt(FieldPath path, out Shape? shape)
    {
        ObjectMember? member = null;
        shape = Shape;
        foreach (var segment in path.Segments)
        {
            member = null;
            switch (shape)
            {
                case ObjectShape type when type.Find(segment) is { } found:
                    member = found;
                    shape = found.Shape;
                    break;
                case ObjectShape type:
                    shape = type.Knows(segment) ? AnyShape.Instance : null;
                    break;
                case DictionaryShape names:
                    shape = names.Element;
                    break;
                case AnyShape:
                    break;
                default:
                    shape = null;
                    break;
            }
        }

        return member;
    }

    /// <summary>True for a path through a member that the type does not have. One that goes on below a scalar or a list is another fault, found where it is applied.</summary>
    public bool Lacks(FieldPath path)
    {
        for (var length = 0; length < path.Segments.Length; length++)
        {
            var above = ShapeAt(FieldPath.Of(path.Segments.AsSpan()[..length]));
            if (above is ObjectShape type && !type.Knows(path.Segments[length])) return true;
        }

        return false;
    }

    /// <summary>True where a null must be written out, since the serializer reads no object without the member.</summary>
    public bool KeepsNull(FieldPath path) => path.Segments.Length > 1 && MemberAt(path, out _) is { IsRequired: true };

    /// <summary>How a path is written in C#, for messages that name a call to add.</summary>
    public string ExpressionOf(FieldPath path)
    {
        var names = new List<string>();
        for (var length = 1; length <= path.Segments.Length; length++)
            names.Add(MemberAt(FieldPath.Of(path.Segments.AsSpan()[..length]), out _)?.ClrName ?? path.Segments[length - 1]);
        return $"x => x.{string.Join('.', names)}";
    }

    private FieldPath PathOf(LambdaExpression field, IEnumerable<MemberInfo> chain)
    {
        var names = new List<string>();
        Shape shape = Shape;
        foreach (var link in chain)
        {
            if ((shape as ObjectShape)?.Find(link) is not { } member) throw NoPath(field);
            names.Add(member.Name);
            shape = member.Shape;
        }

        if (names[0] == VersionName) throw new ArgumentException("The version is the record's own counter, not a field.");
        return FieldPath.Of([.. names]);
    }

    private static bool IsNullableValue(MemberInfo member) =>
        member.Name == nameof(Nullable<int>.Value) && member.DeclaringType is { IsConstructedGenericType: true } owner && owner.GetGenericTypeDefinition() == typeof(Nullable<>);

    private ArgumentException NoPath(LambdaExpression field) => new(
        $"{field} names no field of {_type.Name}. Expected a chain of properties that are written to JSON and can be set, such as x => x.Title or x => x.Address.City.");

    private string NoId() =>
        $"{_type.Name} has no property with the JSON name \"id\" that is written as a string and can be set. If it has an Id, the serializer context lacks "
        + $"[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]; else add one, or name the property with [JsonPropertyName(\"id\")].";
}

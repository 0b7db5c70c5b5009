using System.Collections.Immutable;

namespace Sync;

/// <summary>A query in its one form: members and conditions in canonical order, each condition and each value of a list once, nothing that is the default.</summary>
internal static class QueryJson
{
    public static void Write(FrameWriter to, Query query)
    {
        to.Raw("{"u8);
        if (query.Limit is { } limit)
        {
            to.Raw("\"limit\":"u8);
            to.Number(limit);
            to.Raw(","u8);
        }
        if (!query.OrderBy.IsDefaultOrEmpty)
        {
            to.Raw("\"orderBy\":"u8);
            to.List(query.OrderBy.AsSpan(), WriteSort);
            to.Raw(","u8);
        }
        to.Raw("\"table\":"u8);
        to.Text(query.Table);
        if (!query.Where.IsDefaultOrEmpty)
        {
            to.Raw(",\"where\":"u8);
            to.List(InOneOrder(query.Where.Select(c => ProtocolCodec.Canonical(c, WriteCondition))).AsSpan(), static (w, condition) => w.Raw(condition));
        }
        to.Raw("}"u8);
    }

    public static Query? Read(CanonicalJson json, Intake intake)
    {
        if (json.Kind != JsonKind.Object)
        {
            intake.Expected("'query'", "an object", json);
            return null;
        }
        var query = new Query
        {
            Table = intake.Text(json, MemberName.Table),
            Where = intake.List(json, MemberName.Where, ReadCondition)!,
            OrderBy = intake.List(json, MemberName.OrderBy, static (sort, taking) => new SortField(taking.Path(sort, MemberName.Field), taking.Flag(sort, MemberName.Descending))),
            Limit = json.Get(MemberName.Limit).IsMissingOrNull ? null : (int)intake.Whole(json, MemberName.Limit, least: 1, most: int.MaxValue),
        };
        if (intake.IsSound) intake.Refuse(query.Check());
        return intake.IsSound ? query : null;
    }

    private static void WriteSort(FrameWriter to, SortField sort)
    {
        to.Raw(sort.Descending ? "{\"descending\":true,\"field\":"u8 : "{\"field\":"u8);
        to.Path(sort.Path);
        to.Raw("}"u8);
    }

    private static void WriteCondition(FrameWriter to, QueryCondition condition)
    {
        to.Raw("{\"field\":"u8);
        to.Path(condition.Path);
        switch (condition)
        {
            case QueryCondition.EqualTo equal:
                WriteTest(to, "eq"u8, equal.Value);
                break;
            case QueryCondition.AnyOf any:
                to.Raw(",\"op\":\"in\",\"value\":"u8);
                to.List(InOneOrder(any.Values.IsDefault ? [] : any.Values).AsSpan(), static (w, value) => w.Raw(value));
                to.Raw("}"u8);
                break;
            case QueryCondition.LessThan less:
                WriteTest(to, less.OrEqual ? "lte"u8 : "lt"u8, less.Value);
                break;
            case QueryCondition.GreaterThan greater:
                WriteTest(to, greater.OrEqual ? "gte"u8 : "gt"u8, greater.Value);
                break;
            case QueryCondition.Contains contains:
                WriteTest(to, "contains"u8, contains.Value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(condition), condition.GetType(), "This case of QueryCondition has no JSON.");
        }
    }

    private static void WriteTest(FrameWriter to, ReadOnlySpan<byte> op, CanonicalJson value)
    {
        to.Raw(",\"op\":\""u8);
        to.Raw(op);
        to.Raw("\",\"value\":"u8);
        to.Raw(value);
        to.Raw("}"u8);
    }

    private static QueryCondition? ReadCondition(CanonicalJson json, Intake intake)
    {
        var op = intake.Text(json, MemberName.Op);
        var path = intake.Path(json, MemberName.Field);
        var value = Copy(json.Get(MemberName.Value));
        if (!intake.IsSound) return null;
        if (value.IsMissing) intake.Refuse(ErrorCodes.BadQuery, "A condition needs a 'value'; null matches a missing field too.");
        switch (op)
        {
            case "eq": return new QueryCondition.EqualTo(path, value);
            case "in" when value.Kind == JsonKind.List: return new QueryCondition.AnyOf(path, [.. value.Elements]);
            case "in":
                intake.Expected("The 'value' of an 'in'", "a list", value, ErrorCodes.BadQuery);
                return null;
            case "lt" or "lte": return new QueryCondition.LessThan(path, value, OrEqual: op == "lte");
            case "gt" or "gte": return new QueryCondition.GreaterThan(path, value, OrEqual: op == "gte");
            case "contains": return new QueryCondition.Contains(path, value);
            default:
                intake.Refuse(ErrorCodes.BadQuery, $"'{Intake.Shown(op)}' is no comparison; known are eq, in, lt, lte, gt, gte and contains.");
                return null;
        }
    }

    /// <summary>A query outlives the frame that it came in, so its values must not hold on to the frame.</summary>
    private static CanonicalJson Copy(CanonicalJson value) => CanonicalJson.FromCanonicalBytes(value.Utf8.ToArray());

    private static CanonicalJson[] InOneOrder(IEnumerable<CanonicalJson> values)
    {
        var sorted = values.Select(value => value.IsMissing ? CanonicalJson.Null : value).Distinct().ToArray();
        Array.Sort(sorted, static (left, right) => left.Utf8.Span.SequenceCompareTo(right.Utf8.Span));
        return sorted;
    }
}

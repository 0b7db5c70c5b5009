namespace Sync;

/// <param name="mayHoldNull">Only where the element is a nullable value type: a null among strings or objects would throw in the app's rules, and what throws there is readable by nobody.</param>
internal sealed class ListShape(Shape element, bool mayHoldNull) : Shape
{
    public Shape Element => element;

    public override FieldKind Kind => FieldKind.List;

    public override CanonicalJson Normalize(CanonicalJson value) => EachElement(value, element.Normalize);

    public override CanonicalJson Tidy(CanonicalJson written) => EachElement(written, element.Tidy);

    public override ShapeFault? Check(CanonicalJson value)
    {
        if (value.Kind != JsonKind.List) return ShapeFault.Here("a list");

        var index = 0;
        foreach (var item in value.Elements)
        {
            var fault = item.IsMissingOrNull ? (mayHoldNull ? null : ShapeFault.Here("no null")) : element.Check(item);
            if (fault is { } found) return found.Under($"[{index}]");
            index++;
        }

        return null;
    }

    public override string? FindUnknown(CanonicalJson value)
    {
        var index = 0;
        foreach (var item in value.Elements)
        {
            if (element.FindUnknown(item) is { } path) return ShapeFault.Join($"[{index}]", path);
            index++;
        }

        return null;
    }

    private static CanonicalJson EachElement(CanonicalJson list, Func<CanonicalJson, CanonicalJson> change)
    {
        if (list.Kind != JsonKind.List) return list;

        var changed = false;
        var items = new List<CanonicalJson>();
        foreach (var item in list.Elements)
        {
            var next = change(item);
            changed |= next != item;
            items.Add(next);
        }

        return changed ? CanonicalJson.List(items) : list;
    }
}

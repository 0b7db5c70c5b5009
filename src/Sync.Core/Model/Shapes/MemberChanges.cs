namespace Sync;

internal static class MemberChanges
{
    /// <summary>An object with each member changed; one that becomes missing is left out. The same bytes where nothing changes.</summary>
    public static CanonicalJson Each(CanonicalJson value, Func<string, CanonicalJson, CanonicalJson> change)
    {
        if (value.Kind != JsonKind.Object) return value;

        var changed = false;
        var members = new List<KeyValuePair<string, CanonicalJson>>();
        foreach (var (name, member) in value.Members)
        {
            var next = change(name, member);
            changed |= next != member;
            members.Add(new(name, next));
        }

        return changed ? CanonicalJson.Object(members) : value;
    }
}

using System.Collections.Frozen;

namespace Sync.Client;

/// <summary>The rules that this device was given, by table.</summary>
internal sealed class ClientRules
{
    private readonly FrozenDictionary<string, PermissionRules> _rules;

    /// <exception cref="InvalidOperationException">A table has two: names the calls.</exception>
    public ClientRules(IReadOnlyCollection<PermissionRules> rules)
    {
        if (rules.GroupBy(rule => rule.Table.Name).FirstOrDefault(same => same.Count() > 1) is { } doubled)
            throw new InvalidOperationException($"The table \"{doubled.Key}\" has more than one rule class behind AddSyncClient(…): {string.Join(", ", doubled.Select(rule => rule.Name))}. Keep one AddPermissions call.");
        _rules = rules.ToFrozenDictionary(rule => rule.Table.Name, StringComparer.Ordinal);
    }

    public static ClientRules None { get; } = new([]);

    public PermissionRules? Find(string table) => _rules.GetValueOrDefault(table);
}

namespace TaskApp.Model;

/// <summary>A person, as the people who share a workspace with them see them. The table has a password hash too: what the type lacks is never read.</summary>
public sealed record AppUser(string Id, string Email)
{
    public string? Name { get; init; }

    public string DisplayName => string.IsNullOrWhiteSpace(Name) ? Id : Name;
}

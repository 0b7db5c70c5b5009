using System.Security.Claims;

namespace Sync;

/// <summary>Who asks: a signed-in user with claims, or the app's own code.</summary>
public sealed class Caller
{
    private Caller(string userId, bool isApp, ClaimsPrincipal principal) => (UserId, IsApp, Principal) = (userId, isApp, principal);

    /// <summary>A signed-in user.</summary>
    public static Caller User(string userId, ClaimsPrincipal? principal = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        return new(userId, false, principal ?? new ClaimsPrincipal());
    }

    /// <summary>The app's own code: skips permissions, never validation, and stands as the author in the history.</summary>
    public static Caller App(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new($"app:{name}", true, new ClaimsPrincipal());
    }

    public string UserId { get; }
    public bool IsApp { get; }
    public ClaimsPrincipal Principal { get; }

    /// <summary>Whether this is the signed-in user with this id. The app's own code is no user.</summary>
    public bool Is(string? userId) => !IsApp && UserId == userId;

    /// <summary>Whether a claim of type <see cref="ClaimTypes.Role"/> or <c>role</c>, or of the identity's own type for roles, names the role.</summary>
    public bool HasRole(string role) => Principal.IsInRole(role) || HasClaim(ClaimTypes.Role, role) || HasClaim("role", role);

    public bool HasClaim(string type, string value) => Principal.HasClaim(type, value);
}

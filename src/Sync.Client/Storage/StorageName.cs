using System.Security.Cryptography;
using System.Text;

namespace Sync.Client;

/// <summary>Whose storage it is.</summary>
/// <param name="Tenant">Of an app whose users work in several tenants; null where there is one.</param>
public sealed record StorageName(Uri Server, string UserId, string? Tenant = null)
{
    /// <summary>32 characters of hexadecimal digits, different for different names: fit for files, databases and locks.</summary>
    public string ToKey()
    {
        var parts = CanonicalJson.List(CanonicalJson.From(Server.AbsoluteUri), CanonicalJson.From(Tenant), CanonicalJson.From(UserId));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts.ToString())).AsSpan(0, 16));
    }
}

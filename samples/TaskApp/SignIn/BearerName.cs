namespace TaskApp.SignIn;

/// <summary>The name that a request signs in with: <c>Authorization: Bearer alice</c>, or <c>?access_token=alice</c> where a browser can't send headers.</summary>
internal static class BearerName
{
    private const string Scheme = "Bearer ";

    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return header[Scheme.Length..].Trim();
        return request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;
    }
}

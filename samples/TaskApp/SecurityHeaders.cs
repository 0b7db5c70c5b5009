namespace TaskApp;

internal static class SecurityHeaders
{
    /// <param name="app">The app.</param>
    /// <param name="others">Origins of other processes of the app, which a page goes on with when this one is gone.</param>
    public static void UseSecurityHeaders(this WebApplication app, IEnumerable<string> others)
    {
        var sockets = string.Concat(others.Select(origin => $" {origin} ws{origin["http".Length..]}"));
        var policy = $"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'{sockets}; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
    }
}

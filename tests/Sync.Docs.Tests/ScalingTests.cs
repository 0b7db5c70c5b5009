using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyApp.Model;
using MyApp.Tenants;
using Sync.Server;

namespace Sync.Docs.Tests;

public sealed class ScalingTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sync-docs-").FullName;

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_tenants_of_the_page_have_databases_of_their_own()
    {
        await using var app = await StartAsync();
        var tenants = app.Services.GetRequiredService<SyncTenants>();
        var added = await TenantSite.AddWorkspaceAsync(tenants, new Workspace("w", "Acme's", "alice", ["alice"]));
        using var blue = await tenants.EnterAsync("blue");

        Assert.That(added);
        Assert.That(await blue!.Server.Table<Workspace>().GetAsync(Caller.App("test"), "w"), Is.Null);
        Assert.That(Directory.GetFiles(_folder, "*.db").Select(Path.GetFileName), Is.EquivalentTo((string[])["acme.db", "blue.db"]));
        Assert.That(await StatusAsync(app, "acme"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(app, "blue"), Is.EqualTo(HttpStatusCode.NotFound), "alice is of acme");
        Assert.That(await StatusAsync(app, "nobody"), Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--Tenants:acme", Path.Combine(_folder, "acme.db"), "--Tenants:blue", Path.Combine(_folder, "blue.db")]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthorization();
        TenantSite.AddSync(builder);
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "alice"), new Claim("tenant", "acme"), new Claim("tenant", "nobody")], "test"));
            return next(http);
        });
        TenantSite.MapSync(app);
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpStatusCode> StatusAsync(WebApplication app, string tenant)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync($"{app.Urls.Single()}/api/{tenant}/realtime/getRecords", JsonContent.Create(new { pointers = Array.Empty<string>() }));
        return answer.StatusCode;
    }
}

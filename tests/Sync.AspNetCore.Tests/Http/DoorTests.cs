using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sync.AspNetCore.Tests.Site;
using Sync.Server;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Http;

/// <summary>Sign-in, policies, rate and failures: what stands in front of every endpoint.</summary>
public sealed class DoorTests
{
    [Test]
    public async Task A_caller_beyond_the_rate_is_429_and_told_when_to_come_again()
    {
        using var limiter = PartitionedRateLimiter.Create<Caller, string>(caller => RateLimitPartition.GetFixedWindowLimiter(caller.UserId, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = 2, Window = TimeSpan.FromMinutes(10),
        }));
        await using var site = await (await TestSite.StartBoardAsync(o => o.RateLimiter = limiter)).WithDemoAsync();

        await site.WriteAsync("alice", Tx(Set("task-1", "title", "\"1\"")));
        await site.GetRecordsAsync("alice", ("tasks", "task-1"));
        var third = await site.WriteAsync("alice", Tx(Set("task-1", "title", "\"3\"")));
        var socket = await site.SocketStatusAsync("alice");
        var bobs = await site.WriteAsync("bob", Tx(Set("task-1", "title", "\"4\""), author: "bob"));

        Assert.That((third.Status, third.Code), Is.EqualTo((429, "rate_limited")));
        Assert.That(third.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(TimeSpan.FromMinutes(10)));
        Assert.That(socket, Is.EqualTo(429));
        Assert.That(bobs.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task What_an_apps_callback_throws_is_500_without_its_text()
    {
        await using var site = await TestSite.StartBoardAsync(o => o.UserId = _ => throw new InvalidOperationException("the secret of the callback"));

        var answer = await site.WriteAsync("alice", Tx(Set("task-1", "title", "\"x\"")));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((500, "internal")));
        Assert.That(answer.Text, Does.Not.Contain("secret"));
    }

    [Test]
    public async Task The_user_id_may_be_chosen_from_the_claims()
    {
        await using var site = await (await TestSite.StartBoardAsync(o => o.UserId = user => user.FindFirstValue(ClaimTypes.NameIdentifier) == "the boss" ? "alice" : null)).WithDemoAsync();

        Assert.That((await site.WriteAsync("the boss", Tx(Set("task-1", "title", "\"x\"")))).Status, Is.EqualTo(200));
        Assert.That((await site.WriteAsync("bob", Tx(Set("task-1", "title", "\"x\""), author: "bob"))).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task A_caller_whom_the_policy_forbids_is_403_in_our_words()
    {
        await using var app = await StartAsync(map => map.RequireAuthorization(p => p.AddAuthenticationSchemes(TokenAuthentication.Scheme_).RequireClaim("staff")));

        var answer = await PostAsync(app, "alice");

        Assert.That(((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()), Is.EqualTo((403, """{"code":"not_allowed","message":"This user may not use this address."}""")));
    }

    [Test]
    public async Task The_apps_fallback_policy_holds_here_too()
    {
        await using var app = await StartAsync(_ => { }, o => o.FallbackPolicy = new AuthorizationPolicyBuilder(TokenAuthentication.Scheme_).RequireClaim("staff").Build());

        Assert.That((int)(await PostAsync(app, "alice")).StatusCode, Is.EqualTo(403));
    }

    [Test]
    public async Task AllowAnonymous_lifts_the_policy_and_never_the_need_for_a_user()
    {
        await using var app = await StartAsync(map => map.AllowAnonymous(), o => o.FallbackPolicy = new AuthorizationPolicyBuilder(TokenAuthentication.Scheme_).RequireClaim("staff").Build());

        Assert.That((int)(await PostAsync(app, null)).StatusCode, Is.EqualTo(401));
        Assert.That((int)(await PostAsync(app, "alice")).StatusCode, Is.EqualTo(200));
    }

    [Test]
    public async Task Without_any_authentication_everybody_is_401()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSyncServer(Board.Model).UseInMemory();
        await using var app = builder.Build();
        app.MapSync(TestSite.Pattern);
        await app.StartAsync();

        Assert.That((int)(await PostAsync(app, "alice")).StatusCode, Is.EqualTo(401));
    }

    [Test]
    public void MapSync_without_a_server_names_the_call_that_is_missing()
    {
        using var app = WebApplication.CreateSlimBuilder().Build() as IDisposable;

        Assert.That(() => ((WebApplication)app).MapSync("/sync"), Throws.InvalidOperationException.With.Message.Contains("AddSyncServer"));
    }

    [TestCase("app.example.com")]
    [TestCase("https://app.example.com/")]
    [TestCase("https://app.example.com/path")]
    [TestCase("*")]
    public void An_allowed_origin_that_no_browser_sends_is_refused_at_the_start(string origin)
    {
        Assert.That(() => TestSite.StartBoardAsync(o => o.AllowedOrigins.Add(origin)), Throws.InvalidOperationException.With.Message.Contains(origin));
    }

    private static async Task<WebApplication> StartAsync(Action<IEndpointConventionBuilder> map, Action<AuthorizationOptions>? authorization = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication(TokenAuthentication.Scheme_).AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Scheme_, null);
        builder.Services.AddAuthorization(o => authorization?.Invoke(o));
        builder.Services.AddSyncServer(Board.Model).UseInMemory();
        var app = builder.Build();
        map(app.MapSync(TestSite.Pattern));
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpResponseMessage> PostAsync(WebApplication app, string? token)
    {
        using var http = new HttpClient();
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await http.PostAsync($"{app.Urls.Single()}{TestSite.Pattern}/getRecords", Json("""{"pointers":[]}"""));
    }
}

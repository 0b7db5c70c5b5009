using System.Net.WebSockets;
using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Sockets;

public sealed class HandshakeTests
{
    private const string Friend = "https://app.example.com";

    private TestSite _site = null!;
    private string _cookie = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _site = await TestSite.StartBoardAsync(o => o.AllowedOrigins.Add(Friend));
        using var signedIn = await _site.Http.GetAsync(new Uri(_site.Root, "/sign-in/alice"));
        _cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [TestCase("{own}", ExpectedResult = 101, TestName = "The_own_origin_opens")]
    [TestCase("HTTP://{host}", ExpectedResult = 101, TestName = "The_own_origin_opens_in_any_case")]
    [TestCase(Friend, ExpectedResult = 101, TestName = "An_allowed_origin_opens")]
    [TestCase("https://evil.example", ExpectedResult = 403, TestName = "A_foreign_origin_is_403")]
    [TestCase("null", ExpectedResult = 403, TestName = "The_origin_null_is_403")]
    [TestCase("", ExpectedResult = 403, TestName = "An_empty_origin_is_403")]
    [TestCase("https://app.example.com.evil.example", ExpectedResult = 403, TestName = "An_origin_that_begins_like_an_allowed_one_is_403")]
    [TestCase("https://evil-app.example.com", ExpectedResult = 403, TestName = "An_origin_that_ends_like_an_allowed_one_is_403")]
    [TestCase("https://app.example.com:8443", ExpectedResult = 403, TestName = "Another_port_is_403")]
    [TestCase("http://app.example.com", ExpectedResult = 403, TestName = "Another_scheme_is_403")]
    [TestCase("http://127.0.0.1:1", ExpectedResult = 403, TestName = "Another_port_of_the_own_host_is_403")]
    [TestCase("https://{host}", ExpectedResult = 403, TestName = "Another_scheme_of_the_own_host_is_403")]
    [TestCase("http://alice@{host}", ExpectedResult = 403, TestName = "An_origin_with_a_user_is_403")]
    [TestCase("{own}, https://evil.example", ExpectedResult = 403, TestName = "Two_origins_are_403")]
    [TestCase("not an origin", ExpectedResult = 403, TestName = "What_is_no_origin_is_403")]
    public Task<int> An_origin_with_the_victims_cookie(string origin) => _site.SocketStatusAsync(null, options =>
    {
        options.SetRequestHeader("Cookie", _cookie);
        options.SetRequestHeader("Origin", origin.Replace("{own}", $"http://{_site.Root.Authority}").Replace("{host}", _site.Root.Authority));
    });

    [Test]
    public async Task No_origin_is_refused_where_a_cookie_signs_in()
    {
        Assert.That(await _site.SocketStatusAsync(null, o => o.SetRequestHeader("Cookie", _cookie)), Is.EqualTo(403));
    }

    [Test]
    public async Task No_origin_is_refused_where_a_worthless_token_stands_beside_the_cookie()
    {
        Assert.That(await _site.SocketStatusAsync(null, o =>
        {
            o.SetRequestHeader("Cookie", _cookie);
            o.SetRequestHeader("Authorization", "Basic eDp5");
        }), Is.EqualTo(403));
    }

    [Test]
    public async Task No_origin_is_fine_where_a_token_signs_in()
    {
        Assert.That(await _site.SocketStatusAsync("alice"), Is.EqualTo(101));
    }

    [Test]
    public async Task A_foreign_origin_is_refused_with_a_token_too()
    {
        Assert.That(await _site.SocketStatusAsync("alice", o => o.SetRequestHeader("Origin", "https://evil.example")), Is.EqualTo(403));
    }

    [Test]
    public async Task Without_a_sign_in_the_socket_is_401()
    {
        Assert.That(await _site.SocketStatusAsync(null), Is.EqualTo(401));
    }

    [Test]
    public async Task A_plain_GET_is_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_site.Address}/socket");
        request.Headers.Authorization = new("Bearer", "alice");
        using var response = await _site.Http.SendAsync(request);

        Assert.That(((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType), Is.EqualTo((400, "application/json")));
    }

    [Test]
    public async Task Compression_is_not_agreed_to()
    {
        using var socket = await _site.OpenSocketAsync("alice", o => o.DangerousDeflateOptions = new WebSocketDeflateOptions());

        Assert.That(socket.HttpResponseHeaders!.Keys, Has.None.EqualTo("Sec-WebSocket-Extensions").IgnoreCase);
    }
}

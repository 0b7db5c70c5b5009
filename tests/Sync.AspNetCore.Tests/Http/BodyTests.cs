using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Sync.AspNetCore.Tests.Site;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Http;

/// <summary>What is asked of a body before it is read as a transaction.</summary>
public sealed class BodyTests
{
    private const int MaxRequestBytes = 2000;

    private TestSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await (await TestSite.StartBoardAsync(o => o.MaxRequestBytes = MaxRequestBytes)).WithDemoAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/json; charset=utf-16")]
    [TestCase("application/jsonp")]
    [TestCase(null)]
    public async Task A_body_of_another_type_is_415(string? contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Tx(Set("task-1", "title", "\"x\""))));
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        Assert.That((await _site.PostAsync("write", "alice", content)).Status, Is.EqualTo(415));
    }

    [TestCase("application/json")]
    [TestCase("APPLICATION/JSON; charset=UTF-8")]
    public async Task A_body_of_JSON_in_UTF8_is_taken_in(string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Tx(Set("task-1", "title", "\"x\""))));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        Assert.That((await _site.PostAsync("write", "alice", content)).Status, Is.EqualTo(200));
    }

    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("identity, gzip")]
    public async Task A_compressed_body_is_415_and_never_inflated(string encoding)
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[50_000_000]);
        var content = new ByteArrayContent(packed.ToArray()[..1500]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var one in encoding.Split(", ")) content.Headers.ContentEncoding.Add(one);

        Assert.That((await _site.PostAsync("write", "alice", content)).Status, Is.EqualTo(415));
    }

    [Test]
    public async Task A_body_over_the_bound_is_413_by_its_declared_length()
    {
        var answer = await _site.WriteAsync("alice", new string(' ', MaxRequestBytes + 1));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((413, "too_large")));
    }

    [Test]
    public async Task A_body_over_the_bound_is_413_without_a_declared_length()
    {
        var content = new StreamContent(new Endless(MaxRequestBytes + 1));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var answer = await _site.PostAsync("write", "alice", content);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((413, "too_large")));
    }

    [Test]
    public async Task A_body_of_just_the_bound_is_taken_in()
    {
        var body = Tx(Set("task-1", "title", "\"x\""));

        Assert.That((await _site.WriteAsync("alice", body + new string(' ', MaxRequestBytes - body.Length))).Status, Is.EqualTo(200));
    }

    [TestCase("getRecords", """{"pointers":{}}""")]
    [TestCase("getRecords", """{}""")]
    [TestCase("getRecords", """[]""")]
    [TestCase("getRecords", """{"pointers":[{"table":"tasks"}]}""")]
    [TestCase("getRecords", """{"pointers":[{"table":"tasks","id":1}]}""")]
    [TestCase("getRecords", """{"pointers":["tasks:task-1"]}""")]
    [TestCase("getRecords", """{""")]
    public async Task A_malformed_read_is_400(string endpoint, string body)
    {
        Assert.That((await _site.PostAsync(endpoint, "alice", Json(body))).Status, Is.EqualTo(400));
    }

    /// <summary>White space whose length nobody knows beforehand.</summary>
    private sealed class Endless(int length) : MemoryStream(Encoding.UTF8.GetBytes(new string(' ', length)))
    {
        public override bool CanSeek => false;
    }
}

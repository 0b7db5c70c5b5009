using System.Diagnostics;
using System.Text;
using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Crash;

/// <summary>A server in a process of its own, to be killed at any moment.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, Uri root) => (_process, _http) = (process, new HttpClient { BaseAddress = root });

    public static async Task<ServerProcess> StartAsync(string file)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashHost).Assembly.Location, file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(Patience.Token);
        if (line is null) throw new InvalidOperationException($"The server did not start: {await process.StandardError.ReadToEndAsync()}");
        return new ServerProcess(process, new Uri(line));
    }

    /// <summary>The answer's text where it was 200; null where the server was gone before it answered.</summary>
    public async Task<string?> TryPostAsync(string endpoint, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestSite.Pattern}/{endpoint}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", "alice");
        try
        {
            using var response = await _http.SendAsync(request, Patience.Token);
            var text = await response.Content.ReadAsStringAsync();
            Assert.That((int)response.StatusCode, Is.EqualTo(200), text);
            return text;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        _http.Dispose();
    }
}

using System.Collections;
using System.Net.Http.Json;

namespace TaskApp.Client.Sessions;

/// <summary>Where else the server can be reached, as it said when the page began: none where it runs alone.</summary>
public sealed class OtherServers : IReadOnlyList<Uri>
{
    private IReadOnlyList<Uri> _addresses = [];

    public int Count => _addresses.Count;

    public Uri this[int index] => _addresses[index];

    /// <summary>Offline the page goes on without.</summary>
    public async Task AskAsync(HttpClient http)
    {
        try
        {
            var origins = await http.GetFromJsonAsync("api/servers", Origins.Default.StringArray);
            _addresses = [.. (origins ?? []).Select(origin => new Uri(new Uri(origin), "api/realtime"))];
        }
        catch (HttpRequestException)
        {
            _addresses = [];
        }
    }

    public IEnumerator<Uri> GetEnumerator() => _addresses.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

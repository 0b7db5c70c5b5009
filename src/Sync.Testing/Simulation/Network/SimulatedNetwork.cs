namespace Sync.Testing;

/// <summary>All links, and the weather that each client dials in.</summary>
internal sealed class SimulatedNetwork(SimulatedClock clock, SeededStreams streams, ILinkWatcher watcher, bool isSteady, Func<int, ProcessGate> gateOf, Func<SimulatedLink, bool> serve)
{
    private readonly List<SimulatedLink> _links = [];
    private readonly Dictionary<int, Weather> _weather = [];
    private readonly Dictionary<int, int> _dials = [];

    public Weather At(int client)
    {
        if (!_weather.TryGetValue(client, out var weather)) _weather[client] = weather = new Weather(isSteady);
        return weather;
    }

    public SimulatedLink? LatestOf(int client) => _links.FindLast(link => link.Client == client);

    /// <summary>For the client of this number, as long as <paramref name="isAlive"/>.</summary>
    public ITransport TransportOf(int client, Func<bool> isAlive) => new Dialler(this, client, isAlive);

    /// <summary>A process has died: its ends are gone. The other ends learn it after a while, or never.</summary>
    public void Forget(Func<SimulatedLink, bool> which, bool isServer, TimeSpan? untilPeerLearns)
    {
        foreach (var link in _links.Where(which).ToArray())
        {
            link.HalfOpen(swallowsUp: true, swallowsDown: true);
            if (untilPeerLearns is { } delay) clock.After(delay, isServer ? link.LoseClientEnd : link.LoseServerEnd);
        }
    }

    /// <summary>Faults stop: dials go through, and links that swallow are found to be broken. The others go on as they are.</summary>
    public void Heal()
    {
        foreach (var weather in _weather.Values) weather.Clear();
        foreach (var link in _links.Where(link => link.IsBroken)) link.Reset();
    }

    private async ValueTask<ITransportConnection> DialAsync(int client, Func<bool> isAlive, CancellationToken giveUp)
    {
        var dial = _dials[client] = _dials.GetValueOrDefault(client) + 1;
        var random = streams.For("link", client, dial);
        var weather = At(client);
        await clock.DelayAsync(weather.IsDeaf ? null : weather.Delay(random), giveUp).ConfigureAwait(false);
        await gateOf(client).PassAsync().ConfigureAwait(false);
        if (weather.IsDown || weather.IsDeaf) throw new TransportException("There is no network.");

        var link = new SimulatedLink(clock, client, dial, () => At(client).Delay(random), gateOf(client), watcher);
        if (!isAlive() || !serve(link)) throw new TransportException("The server is not there.", 503);
        _links.Add(link);
        return link.ClientEnd;
    }

    private sealed class Dialler(SimulatedNetwork network, int client, Func<bool> isAlive) : ITransport
    {
        public ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken) =>
            network.DialAsync(client, isAlive, cancellationToken);
    }
}

/// <summary>What the network is like for one client.</summary>
/// <param name="isSteady">Whether every frame takes equally long.</param>
internal sealed class Weather(bool isSteady)
{
    private const int DefaultMaxDelay = 40;

    /// <summary>Dials fail at once.</summary>
    public bool IsDown { get; set; }

    /// <summary>Dials are never answered.</summary>
    public bool IsDeaf { get; set; }

    public int MaxDelayMilliseconds { get; set; } = DefaultMaxDelay;

    public TimeSpan Delay(Random random) => TimeSpan.FromMilliseconds(isSteady ? MaxDelayMilliseconds / 2 : random.Next(1, MaxDelayMilliseconds + 1));

    public void Clear() => (IsDown, IsDeaf, MaxDelayMilliseconds) = (false, false, DefaultMaxDelay);
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Sync.Client;

/// <summary>Makes one client per user, for Blazor Server, bots and tests. Whoever makes one disposes of it.</summary>
public sealed class SyncClientFactory
{
    private readonly SyncModel _model;
    private readonly SyncClientOptions _options;
    private readonly ITransport _transport;
    private readonly IRecordStorageProvider _storages;
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly ILoggerFactory _logs;
    private readonly ClientRules _rules;

    /// <exception cref="InvalidOperationException">What was wired is not whole: names the call that is missing or doubled.</exception>
    internal SyncClientFactory(SyncClientBuilder builder, IServiceProvider services)
    {
        _model = builder.Model;
        _options = services.GetRequiredService<IOptions<SyncClientOptions>>().Value;
        _options.Check();
        _transport = builder.Transports switch
        {
            [var only] => only(services),
            [] => throw new InvalidOperationException("The client has no transport. Add UseWebSockets() (package Sync.Transport.WebSockets) or UseTransport(…) behind AddSyncClient(…)."),
            _ => throw new InvalidOperationException($"UseTransport was called {builder.Transports.Count} times behind AddSyncClient(…) (UseWebSockets calls it too). Leave one."),
        };
        _storages = builder.Storages switch
        {
            [] => new InMemoryStorageProvider(),
            [var only] => only(services),
            _ => throw new InvalidOperationException($"UseStorage was called {builder.Storages.Count} times behind AddSyncClient(…) (UseInMemory, UseSqlite and UseIndexedDb call it too). Leave one."),
        };
        _rules = new ClientRules(builder.Rules);
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _chance = services.GetService<Chance>() ?? Chance.System;
        _logs = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
    }

    public SyncClient Create() => new(_model, _options, _transport, _storages, _time, _chance, _logs) { Rules = _rules };
}

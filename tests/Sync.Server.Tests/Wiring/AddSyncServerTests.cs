using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Wiring;

public sealed class AddSyncServerTests
{
    [Test]
    public void A_server_without_a_store_names_the_call_to_add() =>
        Assert.That(() => Build(_ => { }), Throws.InvalidOperationException.With.Message.Contains("UseInMemory()"));

    [Test]
    public void Two_stores_are_refused() =>
        Assert.That(() => Build(b => b.UseInMemory().UseStore(_ => new TestStore())), Throws.InvalidOperationException.With.Message.Contains("2 stores"));

    [Test]
    public void Two_rule_classes_for_one_table_are_named() =>
        Assert.That(
            () => Build(b => b.UseInMemory().AddPermissions<Job, JobPermissions>().AddPermissions<Job, JobPermissions>()),
            Throws.InvalidOperationException.With.Message.Contains("AddPermissions<Job, JobPermissions>()"));

    [Test]
    public void A_bound_that_makes_no_sense_is_named() =>
        Assert.That(() => Build(b => b.UseInMemory().Configure(o => o.MaxTransactionsPerCommit = 0)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("MaxTransactionsPerCommit"));

    [Test]
    public void A_second_server_is_refused() =>
        Assert.That(() => new ServiceCollection().AddSyncServer(Model).Services.AddSyncServer(Model), Throws.InvalidOperationException.With.Message.Contains("AddSyncServer"));

    [Test]
    public async Task Nothing_works_before_the_start()
    {
        await using var server = Build(b => b.UseInMemory());
        Assert.ThrowsAsync<InvalidOperationException>(async () => await server.WriteAsync(App, new Transaction { TxId = "t", Operations = [SetTitle("j1", "x")] }));
    }

    [Test]
    public async Task The_host_starts_and_stops_it_and_tables_without_a_rule_are_named()
    {
        var log = new ListLogger();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ILoggerFactory>(log);
        builder.Services.AddSyncServer(Model, o => o.MaxPointersPerRead = 5).UseInMemory().AddPermissions<Job, JobPermissions>();
        using var host = builder.Build();
        await host.StartAsync();
        var server = host.Services.GetRequiredService<SyncServer>();
        await server.StartAsync(CancellationToken.None);
        var result = await server.WriteAsync(App, tx => tx.Table<Job>().Create(new Job("a", "w", "t")));
        await host.StopAsync();

        Assert.That(result.IsAccepted);
        Assert.That(log.Ids(1002), Has.Exactly(1).Contains("orphans").And.None.Contains("jobs").And.None.Contains("grants"));
    }

    [Test]
    public async Task A_start_that_fails_may_be_tried_again()
    {
        var store = new TestStore();
        await using var server = Build(b => b.UseStore(_ => store));
        store.OnOpen = new StoreSetupException("no such column");
        Assert.ThrowsAsync<StoreSetupException>(() => server.StartAsync(CancellationToken.None));
        store.OnOpen = null;
        await server.StartAsync(CancellationToken.None);

        Assert.That((await server.WriteAsync(App, tx => tx.Table<Orphan>().Create(new Orphan("o", "x")))).IsAccepted);
    }

    [Test]
    public async Task Slow_and_throwing_rules_are_named_in_the_log_without_record_content()
    {
        var log = new ListLogger();
        await using var world = await World.StartAsync(loggers: log);
        world.Time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(60);
        await world.WriteAsync(Alice, SetTitle("j1", "bomb on write"));

        Assert.That(log.Ids(1101), Has.Some.Contains("rule of jobs"));
        Assert.That(log.Ids(1102), Has.Some.Contains("write rule of jobs"));
        Assert.That(log.All, Has.None.Contains("bomb"));
    }

    private static SyncServer Build(Action<SyncServerBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(services.AddSyncServer(Model));
        return services.BuildServiceProvider().GetRequiredService<SyncServer>();
    }

    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<(int Id, string Text)> _entries = [];

        public string[] All { get { lock (_gate) return [.. _entries.Select(e => e.Text)]; } }
        public string[] Ids(int id) { lock (_gate) return [.. _entries.Where(e => e.Id == id).Select(e => e.Text)]; }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate) _entries.Add((eventId.Id, formatter(state, exception)));
        }

        public ILogger CreateLogger(string categoryName) => this;
        public bool IsEnabled(LogLevel logLevel) => true;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public void AddProvider(ILoggerProvider provider) { }
        public void Dispose() { }
    }
}

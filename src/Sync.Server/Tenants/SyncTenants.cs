using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>
/// The front door of an app with a store for each tenant: one <see cref="SyncServer"/> a tenant, opened when it is first asked for and closed again when nobody has needed it for
/// <see cref="SyncServerOptions.CloseIdleStoreAfter"/>. Tenants share nothing but the model and the rules.
/// </summary>
public sealed class SyncTenants : IAsyncDisposable
{
    private readonly IStoreResolver _resolver;
    private readonly Func<ITransactionStore, SyncServer> _build;
    private readonly SyncServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _sweep;
    private readonly CancellationTokenSource _stopping = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenTenant> _tenants = new(StringComparer.Ordinal);
    private bool _isEnding;

    internal SyncTenants(IStoreResolver resolver, Func<ITransactionStore, SyncServer> build, SyncServerOptions options, TimeProvider time, ILogger logger)
    {
        (_resolver, _build, _options, _time, _logger) = (resolver, build, options, time, logger);
        var period = options.CloseIdleStoreAfter / 2;
        _sweep = time.CreateTimer(static tenants => ((SyncTenants)tenants!).CloseIdle(), this, period, period);
    }

    /// <summary>
    /// A tenant's server, started; null where there is no such tenant. It stays open until the lease is disposed of. Calls for a tenant whose store is opening wait for that one opening.
    /// </summary>
    /// <exception cref="TenantUnavailableException">Its store could not be opened, or no more may be open.</exception>
    public async ValueTask<TenantLease?> EnterAsync(string tenant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        var entered = await TakeAsync(tenant, cancellationToken).ConfigureAwait(false);
        try
        {
            if (await entered.Opening.WaitAsync(cancellationToken).ConfigureAwait(false) is { } server) return new TenantLease(server, () => Leave(entered));
        }
        catch // Whatever befell it goes on to the caller; only what was entered must be left.
        {
            Leave(entered);
            throw;
        }
        Leave(entered);
        return null;
    }

    /// <summary>Closes every session of a user with code 4401, in each tenant that is open here. For one tenant: <see cref="SyncServer.EndSessionsAsync"/>.</summary>
    public async ValueTask EndSessionsAsync(string userId)
    {
        foreach (var (_, server) in Open()) await server.EndSessionsAsync(userId).ConfigureAwait(false);
    }

    /// <summary>As <see cref="SyncServer.CheckAsync"/>, of each tenant that is open now. None is opened for it, nor kept open by it.</summary>
    public async ValueTask<IReadOnlyDictionary<string, ServerFaults>> CheckAsync(TimeSpan maxBusy, TimeSpan maxStoreTime, CancellationToken cancellationToken = default)
    {
        var open = Open();
        var faults = await Task.WhenAll(open.Select(tenant => tenant.Server.CheckAsync(maxBusy, maxStoreTime, cancellationToken).AsTask())).ConfigureAwait(false);
        return open.Zip(faults).ToDictionary(pair => pair.First.Tenant, pair => pair.Second);
    }

    /// <summary>True once all tenants' servers are going away: nobody is let in any more.</summary>
    public bool IsStopping
    {
        get { lock (_gate) return _isEnding; }
    }

    /// <summary>Ends the sessions of all tenants, decides what waits, and closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        OpenTenant[] tenants;
        lock (_gate)
        {
            _isEnding = true;
            tenants = [.. _tenants.Values];
        }
        await _sweep.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tenants.Select(EndAsync)).ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Says goodbye to every session, and lets nobody in any more.</summary>
    internal Task EndAllSessionsAsync()
    {
        lock (_gate) _isEnding = true;
        return Task.WhenAll(Open().Select(open => open.Server.EndAllSessionsAsync().AsTask()));
    }

    /// <summary>The tenants that are open now.</summary>
    internal IReadOnlyList<(string Tenant, SyncServer Server)> Open()
    {
        lock (_gate) return [.. _tenants.Values.Where(tenant => tenant.Server is not null).Select(tenant => (tenant.Name, tenant.Server!))];
    }

    private async ValueTask<OpenTenant> TakeAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            OpenTenant? tenant;
            bool isNew, isClosing;
            lock (_gate)
            {
                if (_isEnding) throw Unavailable("The server is stopping.");
                isNew = !_tenants.TryGetValue(name, out tenant);
                if (tenant is null) _tenants.Add(name, tenant = new OpenTenant(name));
                isClosing = tenant.IsClosing;
                if (!isClosing) tenant.Leases++;
            }
            if (isNew) _ = OpenAsync(tenant);
            if (!isClosing) return tenant;
            await tenant.Closing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Never throws: what becomes of it is told by tenant.Opening. It is nobody's alone, so it ends with the host and not with the request that began it.
    private async Task OpenAsync(OpenTenant tenant)
    {
        try
        {
            var server = await _resolver.ResolveAsync(tenant.Name, _stopping.Token).ConfigureAwait(false) is { } store ? await StartAsync(tenant, store).ConfigureAwait(false) : null;
            if (server is null) Forget(tenant);
            else lock (_gate) tenant.Opened(server);
            tenant.Answer(server);
        }
        catch (TenantUnavailableException full)
        {
            Forget(tenant);
            tenant.Fail(full);
        }
        catch (Exception fault) // A resolver and a store may throw anything; whoever asks next tries again.
        {
            Forget(tenant);
            _logger.TenantFailed(fault, tenant.Name);
            tenant.Fail(Unavailable("The tenant's store could not be opened.", fault));
        }
    }

    private async ValueTask<SyncServer> StartAsync(OpenTenant tenant, ITransactionStore store)
    {
        var server = _build(store);
        try
        {
            await MakeRoomAsync(tenant).ConfigureAwait(false);
            await server.StartAsync(_stopping.Token).ConfigureAwait(false);
            return server;
        }
        catch // Whatever befell it goes on to whoever opens; only the server must not be left half started.
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask MakeRoomAsync(OpenTenant tenant)
    {
        while (true)
        {
            OpenTenant? leaving;
            bool mustClose;
            lock (_gate)
            {
                tenant.HasPlace = _tenants.Values.Count(other => other.HasPlace) < _options.MaxOpenStores;
                if (tenant.HasPlace) return;

                leaving = _tenants.Values.Where(other => other.IsIdle).MinBy(other => other.IdleSince);
                mustClose = leaving is not null;
                if (leaving is not null) leaving.IsClosing = true;
                else leaving = _tenants.Values.FirstOrDefault(other => other.IsClosing);
            }
            if (leaving is null) throw Unavailable($"{_options.MaxOpenStores} stores are open and in use.");
            if (mustClose) await CloseAsync(leaving).ConfigureAwait(false);
            else await leaving.Closing.ConfigureAwait(false);
        }
    }

    private void Leave(OpenTenant tenant)
    {
        lock (_gate)
        {
            if (--tenant.Leases == 0) tenant.IdleSince = _time.GetTimestamp();
        }
    }

    private void CloseIdle()
    {
        OpenTenant[] leaving;
        lock (_gate)
        {
            leaving = [.. _tenants.Values.Where(tenant => tenant.IsIdle && _time.GetElapsedTime(tenant.IdleSince) >= _options.CloseIdleStoreAfter)];
            foreach (var tenant in leaving) tenant.IsClosing = true;
        }
        foreach (var tenant in leaving) _ = CloseAsync(tenant);
    }

    // Never throws. Called once for a tenant, by whoever set IsClosing.
    private async Task CloseAsync(OpenTenant tenant)
    {
        try
        {
            await tenant.Server!.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception fault) // A store may throw anything while it is closed; it is gone in any case.
        {
            _logger.TenantNotClosed(fault, tenant.Name);
        }
        Forget(tenant);
        tenant.Closed();
    }

    private async Task EndAsync(OpenTenant tenant)
    {
        await ((Task)tenant.Opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bool isFirst;
        lock (_gate)
        {
            if (tenant.Server is null) return;
            isFirst = !tenant.IsClosing;
            tenant.IsClosing = true;
        }
        if (isFirst) await CloseAsync(tenant).ConfigureAwait(false);
        else await tenant.Closing.ConfigureAwait(false);
    }

    private void Forget(OpenTenant tenant)
    {
        lock (_gate) _tenants.Remove(tenant.Name);
    }

    private TenantUnavailableException Unavailable(string message, Exception? fault = null) => new(message, _options.BusyRetryAfter, fault);
}

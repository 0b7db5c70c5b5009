namespace Sync.Server;

/// <summary>Which database is whose, for an app that keeps each tenant, or each group of them, in a store of its own. Given by the app: <c>UseStores&lt;MyStores&gt;()</c>.</summary>
public interface IStoreResolver
{
    /// <summary>
    /// A store for a tenant, made and not opened; null where there is no such tenant. Asked when the tenant is first needed, again after its store was closed for being idle, and again after
    /// a start that failed; never twice at the same time for one tenant. What is given is opened and disposed of by the server.
    /// </summary>
    /// <param name="tenant">A name as the app's <c>Tenant</c> function took it from a request: it may be anything. Look it up; make no path and no SQL of it.</param>
    /// <param name="cancellationToken">The host is going away.</param>
    ValueTask<ITransactionStore?> ResolveAsync(string tenant, CancellationToken cancellationToken);
}

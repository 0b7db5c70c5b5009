using Microsoft.AspNetCore.Components;

namespace Sync.Client.Blazor;

/// <summary>
/// Shows a query's rows and keeps them current. The query may be written in place, as equal queries are the same query; one with a filter that captures
/// something is best kept in a field, or each rendering asks anew.
/// </summary>
public sealed partial class SyncQuery<TItem> : SyncComponentBase where TItem : class
{
    private SyncRows<TItem> _rows = null!;

    [Parameter, EditorRequired] public TableQuery<TItem> Query { get; set; } = null!;

    /// <summary>The rows and how fresh they are. Also shown in place of a fragment below that is left out.</summary>
    [Parameter] public RenderFragment<SyncRows<TItem>>? ChildContent { get; set; }

    /// <summary>While nothing can be said yet.</summary>
    [Parameter] public RenderFragment? Loading { get; set; }

    /// <summary>Where the server said that there is nothing to see.</summary>
    [Parameter] public RenderFragment? Empty { get; set; }

    /// <summary>Where the server refused the query.</summary>
    [Parameter] public RenderFragment<ApplyError>? Refused { get; set; }

    protected override void OnParametersSet() => _rows = Use(_rows, Query);
}

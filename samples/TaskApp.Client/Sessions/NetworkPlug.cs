namespace TaskApp.Client.Sessions;

/// <summary>The plug that the page of two people pulls for one of them.</summary>
public sealed class NetworkPlug
{
    private CancellationTokenSource _pulled = new();

    public bool IsIn => !_pulled.IsCancellationRequested;

    /// <summary>Cancelled when the plug is pulled. Put in again, it hands out another token.</summary>
    public CancellationToken Pulled => _pulled.Token;

    public void Set(bool isIn)
    {
        if (isIn == IsIn) return;
        if (isIn) _pulled = new CancellationTokenSource();
        else _pulled.Cancel();
    }
}

namespace Sync.Testing;

/// <summary>What is to go wrong between one server process and the store, and when.</summary>
/// <param name="foreign">Writes of others that come before the next commit of any server.</param>
internal sealed class StoreFaults(Queue<string[]> foreign)
{
    private readonly Queue<StoreFault> _faults = new();
    private int _callsUntilCrash;
    private bool _isAfterCall;

    public void Arm(StoreFault fault, int calls)
    {
        for (var i = 0; i < calls; i++) _faults.Enqueue(fault);
    }

    public void ArmCrash(int calls, bool isAfterCall) => (_callsUntilCrash, _isAfterCall) = (calls, isAfterCall);

    public void ArmForeignWrite(string[] operations) => foreign.Enqueue(operations);

    public string[]? TakeForeignWrite() => foreign.TryDequeue(out var operations) ? operations : null;

    /// <summary>Whether the process dies before this call, or after it.</summary>
    public (bool Before, bool After) CountCall()
    {
        if (_callsUntilCrash == 0 || --_callsUntilCrash > 0) return (false, false);
        return (!_isAfterCall, _isAfterCall);
    }

    public StoreFault? Take(bool isCommit)
    {
        if (!_faults.TryPeek(out var fault) || (!isCommit && fault != StoreFault.Throws)) return null;
        return _faults.Dequeue();
    }

    public void Clear()
    {
        _faults.Clear();
        foreign.Clear();
        _callsUntilCrash = 0;
    }
}

/// <summary>A fault that was meant: what it leads to in a log is no bug.</summary>
internal sealed class SimulatedFaultException(string message) : IOException(message);

namespace Sync.Testing;

/// <summary>What is to go wrong in the store, and when.</summary>
internal sealed class StoreFaults
{
    private readonly Queue<StoreFault> _faults = new();
    private readonly Queue<string[]> _foreign = new();
    private int _callsUntilCrash;
    private bool _isAfterCall;

    public void Arm(StoreFault fault, int calls)
    {
        for (var i = 0; i < calls; i++) _faults.Enqueue(fault);
    }

    public void ArmCrash(int calls, bool isAfterCall) => (_callsUntilCrash, _isAfterCall) = (calls, isAfterCall);

    public void ArmForeignWrite(string[] operations) => _foreign.Enqueue(operations);

    public string[]? TakeForeignWrite() => _foreign.TryDequeue(out var operations) ? operations : null;

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
        _foreign.Clear();
        _callsUntilCrash = 0;
    }
}

/// <summary>A fault that was meant: what it leads to in a log is no bug.</summary>
internal sealed class SimulatedFaultException(string message) : IOException(message);

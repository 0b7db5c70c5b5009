using System.Security.Cryptography;
using System.Text;

namespace Sync.Testing;

/// <summary>All that happened in one run, as one hash: equal for two runs of one seed, or something does not depend on the seed alone.</summary>
internal sealed class Transcript(SimulatedClock clock)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private string? _escape;

    /// <summary>Where each line goes as text too, for whoever looks into a failure.</summary>
    public Action<string>? Listener { get; init; }

    public void Note(string what, ReadOnlySpan<byte> bytes = default)
    {
        if (Environment.CurrentManagedThreadId != _thread) _escape ??= what;
        Listener?.Invoke($"{clock.Now / (double)TimeSpan.TicksPerMillisecond,12:0.000} {what} {Encoding.UTF8.GetString(bytes)}");
        _hash.AppendData(BitConverter.GetBytes(clock.Now));
        _hash.AppendData(Encoding.UTF8.GetBytes(what));
        _hash.AppendData(bytes);
    }

    /// <exception cref="InvariantBrokenException">Something ran on another thread.</exception>
    public void CheckThread()
    {
        if (_escape is { } what) throw new InvariantBrokenException("one thread", $"\"{what}\" happened outside the simulation's thread");
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());
}

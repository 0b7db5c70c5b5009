using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sync.Client;

/// <summary>The client's source of randomness. A seeded one makes a run that can be repeated.</summary>
internal abstract class Chance
{
    /// <summary>The machine's own.</summary>
    public static Chance System { get; } = new OfTheMachine();

    public abstract void Fill(Span<byte> bytes);

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    private sealed class OfTheMachine : Chance
    {
        public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }
}

/// <summary>A source that gives the same for the same seed.</summary>
internal sealed class SeededChance(int seed) : Chance
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> bytes)
    {
        lock (_gate) _random.NextBytes(bytes);
    }
}

namespace Sync.Testing;

/// <summary>Streams of chance by name, so that leaving out one step does not change what befalls the others.</summary>
internal sealed class SeededStreams(int seed)
{
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    public Random For(string name, params ReadOnlySpan<int> numbers)
    {
        var hash = Mix(Basis, seed);
        foreach (var letter in name) hash = Mix(hash, letter);
        foreach (var number in numbers) hash = Mix(hash, number);
        return new Random((int)hash);
    }

    private static uint Mix(uint hash, int value)
    {
        for (var shift = 0; shift < 32; shift += 8) hash = (hash ^ ((uint)value >> shift & 0xFF)) * Prime;
        return hash;
    }
}

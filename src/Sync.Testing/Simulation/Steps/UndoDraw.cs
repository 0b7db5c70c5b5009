namespace Sync.Testing;

/// <summary>Draws who undoes, redoes and groups what they write.</summary>
internal sealed class UndoDraw(Random random)
{
    private const int SilentEvery = 10;

    public bool IsSilent => random.Next(SilentEvery) == 0;

    public SimulationStep Next(int afterMs, int clients)
    {
        var client = random.Next(clients);
        return random.Next(10) switch
        {
            < 5 => new SimulationStep.Undo(afterMs, client, IsRedo: false),
            < 8 => new SimulationStep.Undo(afterMs, client, IsRedo: true),
            8 => new SimulationStep.Group(afterMs, client, Ends: false),
            _ => new SimulationStep.Group(afterMs, client, Ends: true),
        };
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Testing;

/// <summary>All that a run depends on: who takes part, how the store is set up, and the steps.</summary>
/// <param name="Users">One client each.</param>
/// <param name="Devices">On which device each client runs: clients of one device share its storage.</param>
/// <param name="VerifySeconds">How often subscriptions are checked by digest.</param>
/// <param name="IsSteady">Whether every frame of a client takes equally long.</param>
/// <param name="Nodes">How many servers there are over the one database.</param>
/// <param name="LostHintsPercent">How many hints of the database that somebody has committed never come.</param>
/// <param name="MaxReceipts">How many receipts the store keeps.</param>
/// <param name="IsApart">Whether the twin world has hidden writes of its own.</param>
internal sealed record Scenario(int Seed, string[] Users, int[] Devices, int MaxLogEntries, int MaxStoreDelayMs, int MaxStorageDelayMs, SimulationStep[] Steps, int VerifySeconds = 600, bool IsSteady = false, bool IsApart = false, int Nodes = 1, int LostHintsPercent = 0,
    int MaxReceipts = Scenario.AllReceipts)
{
    public const int AllReceipts = 1_000_000;

    public string ToJson() => JsonSerializer.Serialize(this, ScenarioJson.Default.Scenario);

    public static Scenario Parse(string json) => JsonSerializer.Deserialize(json, ScenarioJson.Default.Scenario) ?? throw new JsonException("A scenario was expected.");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Scenario))]
internal sealed partial class ScenarioJson : JsonSerializerContext;

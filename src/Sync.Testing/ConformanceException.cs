namespace Sync.Testing;

/// <summary>An adapter broke a rule of its contract: what was expected and what came.</summary>
public sealed class ConformanceException(string message) : Exception(message);

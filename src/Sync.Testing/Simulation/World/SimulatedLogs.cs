using Microsoft.Extensions.Logging;

namespace Sync.Testing;

/// <summary>Listens for what the system under test itself calls a bug: an error in the log that no simulated fault explains.</summary>
internal sealed class SimulatedLogs(Action<string> bug) : ILoggerFactory, ILogger
{
    private const string RuleThrew = "RuleThrew";

    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public void Dispose() { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is null || IsMeant(exception) || eventId.Name == RuleThrew) return;
        bug($"{formatter(state, exception)} {exception}");
    }

    private static bool IsMeant(Exception exception) => exception is SimulatedFaultException || (exception.InnerException is { } inner && IsMeant(inner));
}

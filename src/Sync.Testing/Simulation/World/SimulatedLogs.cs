using Microsoft.Extensions.Logging;
using Sync.Client;

namespace Sync.Testing;

/// <summary>
/// Listens for what the system under test itself calls wrong: an error in the log that no simulated fault explains, and records that had to be repaired
/// although nothing may ever make them differ.
/// </summary>
internal sealed class SimulatedLogs(Action<string> bug, Action<string> count, Action? takenOver = null) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public void Dispose() { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        switch (eventId.Name)
        {
            case nameof(ClientLog.Repaired): bug(formatter(state, exception)); break;
            case nameof(ClientLog.OtherHistory): count("clients that noticed another history"); break;
            case nameof(ClientLog.TakenOver):
                count("clients that went on under another id");
                takenOver?.Invoke();
                break;
            case "RuleThrew": break; // A rule of the workload; what it leads to is judged like any other denial.
            default:
                if (logLevel >= LogLevel.Error && exception is not null && !IsMeant(exception)) bug($"{formatter(state, exception)} {exception}");
                break;
        }
    }

    private static bool IsMeant(Exception exception) =>
        exception is SimulatedFaultException or StorageTakenOverException || (exception.InnerException is { } inner && IsMeant(inner));
}

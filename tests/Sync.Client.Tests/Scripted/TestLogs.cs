using Microsoft.Extensions.Logging;

namespace Sync.Client.Tests;

/// <summary>Writes what the client logs to the test's output, so that a failure shows it.</summary>
internal sealed class TestLogs : ILoggerFactory, ILogger
{
    public static TestLogs Instance { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;
    public bool IsEnabled(LogLevel logLevel) => true;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public void AddProvider(ILoggerProvider provider) { }
    public void Dispose() { }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        TestContext.Out.WriteLine($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");
}

namespace Sync.Server.Sqlite;

/// <summary>A condition in SQL that lets at least all records through that are asked for.</summary>
internal sealed record Narrowing(string Where, Action<Statement> Bind);

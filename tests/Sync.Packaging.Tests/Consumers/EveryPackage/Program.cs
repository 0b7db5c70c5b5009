using Sync;
using Sync.AspNetCore;
using Sync.Client;
using Sync.Client.Blazor;
using Sync.Client.IndexedDb;
using Sync.Client.Sqlite;
using Sync.Server;
using Sync.Server.Postgres;
using Sync.Server.Sqlite;
using Sync.Testing;
using Sync.Transport.WebSockets;

Type[] types =
[
    typeof(SyncModel), typeof(SyncEndpoints), typeof(SyncClient), typeof(SyncComponentBase), typeof(SyncServer), typeof(SqliteStoreOptions), typeof(PostgresStoreOptions),
    typeof(IndexedDbStorageOptions), typeof(SqliteStorageOptions), typeof(ConformanceException), typeof(WebSocketTransport),
];
foreach (var type in types) Console.WriteLine($"{type.FullName} of {type.Assembly.GetName().Name}");

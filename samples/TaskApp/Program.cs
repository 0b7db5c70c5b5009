using Microsoft.AspNetCore.Authentication;
using Sync.AspNetCore;
using Sync.Server;
using Sync.Server.Postgres;
using Sync.Server.Sqlite;
using TaskApp;
using TaskApp.Data;
using TaskApp.Model;
using TaskApp.SignIn;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();

var data = Path.GetFullPath(builder.Configuration["data"] ?? Path.Combine(builder.Environment.ContentRootPath, "data"));
var sync = builder.Services.AddSyncServer(AppModel.Create());
var where = builder.Configuration["postgres"] is { } database
    ? sync.UsePostgres(PostgresTasks.Prepare(database), o => o.FollowPlainSql = true)
    : sync.UseSqlite(SqliteTasks.Prepare(data));
where
    .AddPermissions<TaskItem, TaskPermissions>()
    .AddPermissions<Workspace, WorkspacePermissions>()
    .AddPermissions<AppUser, UserPermissions>();

if (builder.Environment.IsDevelopment())
    builder.Services.AddAuthentication(DevelopmentSignIn.Name).AddScheme<AuthenticationSchemeOptions, DevelopmentSignIn>(DevelopmentSignIn.Name, null);
else
    builder.Services.AddAuthentication(NoSignIn.Name).AddScheme<AuthenticationSchemeOptions, NoSignIn>(NoSignIn.Name, null);
builder.Services.AddAuthorization();

var app = builder.Build();
var others = (builder.Configuration["others"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
app.UseSecurityHeaders(others);
app.UseAuthentication();
app.UseAuthorization();
app.MapSync("/api/realtime", o => o.AllowedOrigins.UnionWith(others)).RequireAuthorization();
app.MapGet("/api/servers", () => others);
app.Map("/api/{**rest}", () => Results.NotFound());
app.MapStaticAssets();
app.MapFallbackToFile("index.html");
app.MapFallbackToFile("/demo", "demo.html");
app.MapFallbackToFile("/tasks/{id}", "index.html");

app.Logger.LogInformation("The data is in {Place}", builder.Configuration["postgres"] is null ? data : "PostgreSQL");
app.Run();

public partial class Program;

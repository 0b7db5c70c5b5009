using Microsoft.AspNetCore.Authentication;
using Sync;
using Sync.AspNetCore;
using Sync.Node;
using Sync.Server;
using Sync.Server.Postgres;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSyncServer(NodeModel.Create()).UsePostgres(builder.Configuration["postgres"]!, o => o.FollowPlainSql = true)
    .AddPermissions(new SignedInPermissions<Item>((_, _, _) => Verdict.Allow))
    .AddPermissions(new SignedInPermissions<Note>((_, _, _) => Verdict.Allow));
builder.Services.AddAuthentication(NamedSignIn.Name).AddScheme<AuthenticationSchemeOptions, NamedSignIn>(NamedSignIn.Name, null);
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapSync(NodeModel.Endpoint).RequireAuthorization();
app.Run();

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sync.AspNetCore;

namespace Sync.Server.Postgres.Tests.EfCore;

/// <summary>The app's program as <c>docs/existing-app.md</c> shows it.</summary>
internal static class ShopSite
{
    public static SyncModel Model { get; } = SyncModel.Create(m => m.Table("orders", ShopJson.Default.Order).Index(o => o.Customer));

    public static WebApplicationBuilder AddShop(this WebApplicationBuilder builder, NpgsqlDataSource database)
    {
        builder.Services.AddSingleton(database);
        builder.Services.AddDbContext<ShopContext>(options => options.UseNpgsql(database));
        builder.Services.AddControllers();

        builder.Services.AddSyncServer(Model).UsePostgres(database)
            .AddPermissions<Order, OrderPermissions>();
        return builder;
    }

    public static void MapShop(this WebApplication app)
    {
        app.MapControllers();
        app.MapSync("/api/realtime").RequireAuthorization();
    }
}

/// <summary>What the app has had for years goes on as it was.</summary>
[ApiController, Route("orders")]
internal sealed class OrdersController(ShopContext shop) : ControllerBase
{
    [HttpPost("{id}/total")]
    public async Task<IActionResult> SetTotalAsync(Guid id, decimal total, CancellationToken cancellationToken)
    {
        if (await shop.Orders.FindAsync([id], cancellationToken) is not { } order) return NotFound();
        order.Total = total;
        await shop.SaveChangesAsync(cancellationToken);
        return NoContent();
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Sync.Server.Postgres.Tests.EfCore;

/// <summary>What the app has had for years: its own entity, which Sync does not know.</summary>
internal sealed class OrderEntity
{
    public Guid Id { get; set; }
    public required string Customer { get; set; }
    public decimal Total { get; set; }
    public DateTimeOffset PlacedAt { get; set; }
    public string[] Tags { get; set; } = [];
    public string? InternalNote { get; set; }
    public long Version { get; set; }
}

internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<OrderEntity> Orders => Set<OrderEntity>();

    /// <summary>The trigger sets the version, so EF Core reads it back, and asks for it when it writes.</summary>
    protected override void OnModelCreating(ModelBuilder builder) =>
        builder.Entity<OrderEntity>().Property(order => order.Version).IsConcurrencyToken().ValueGeneratedOnAddOrUpdate();
}

[DbContext(typeof(ShopContext)), Migration("20260101000000_Orders")]
internal sealed class CreateOrders : Migration
{
    protected override void Up(MigrationBuilder migration)
    {
        migration.CreateTable("Orders", columns => new
        {
            Id = columns.Column<Guid>("uuid"),
            Customer = columns.Column<string>("text"),
            Total = columns.Column<decimal>("numeric(12,2)"),
            PlacedAt = columns.Column<DateTimeOffset>("timestamp with time zone"),
            Tags = columns.Column<string[]>("text[]"),
            InternalNote = columns.Column<string>("text", nullable: true),
        }, constraints: table => table.PrimaryKey("PK_Orders", order => order.Id));
        migration.CreateIndex("IX_Orders_Customer", "Orders", "Customer");
    }
}

/// <summary>What Sync asks of a table.</summary>
[DbContext(typeof(ShopContext)), Migration("20260201000000_Version")]
internal sealed class AddVersion : Migration
{
    protected override void Up(MigrationBuilder migration) => migration.AddColumn<long>("Version", "Orders", "bigint", defaultValue: 1L);
}

/// <summary>The script that <see cref="PostgresTriggers.ScriptAsync"/> gave over the table as it is then.</summary>
[DbContext(typeof(ShopContext)), Migration("20260301000000_Sync")]
internal sealed class AddSync : Migration
{
    public static string Script { get; set; } = "";

    protected override void Up(MigrationBuilder migration) => migration.Sql(Script);
}

/// <summary>What clients see of an order.</summary>
internal sealed record Order(string Id, string Customer, decimal Total, DateTimeOffset PlacedAt, IReadOnlyList<string> Tags);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
internal sealed partial class ShopJson : JsonSerializerContext;

internal sealed class OrderPermissions : Permissions<Order>
{
    public override bool MayRead(Caller caller, Order order, Related related) => true;

    public override Verdict MayWrite(Caller caller, Change<Order> change, Related related) => Verdict.Allow;
}

using System.Data;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests;

/// <summary>Entity Framework Core and Dapper themselves, with the backends killed between invocations.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class LibraryTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();
    private readonly string _table = $"orders_{Guid.NewGuid():N}";
    private WarmNpgsqlDataSource? _source;

    private WarmNpgsqlDataSource Source => _source!;

    public Task InitializeAsync()
    {
        _source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString, new WarmNpgsqlOptions { Environment = Db.Environment(_time), ApplicationName = _name });
        return postgres.AdminAsync<object>($"CREATE TABLE {_table} (\"Id\" serial PRIMARY KEY, \"Item\" text NOT NULL)");
    }

    public Task DisposeAsync() => Source.DisposeAsync().AsTask();

    private async Task KillAndFreezeAsync()
    {
        await postgres.TerminateAsync(_name);
        _time.Advance(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entity_Framework_Core_works_across_dead_backends(bool asynchronous)
    {
        var options = new DbContextOptionsBuilder<Orders>().UseNpgsql(Source).Options;
        for (var round = 1; round <= 3; round++)
        {
            await using (var orders = new Orders(options, _table))
            {
                orders.Add(new Order { Item = "book" });
                orders.Add(new Order { Item = "pen" });
                Assert.Equal(2, asynchronous ? await orders.SaveChangesAsync() : orders.SaveChanges());
                await using var transaction = await orders.Database.BeginTransactionAsync();
                var pens = orders.Set<Order>().Where(static order => order.Item == "pen");
                Assert.Equal(round, asynchronous ? await pens.CountAsync() : pens.Count());
                await transaction.CommitAsync();
            }

            await KillAndFreezeAsync();
        }
    }

    [Fact]
    public async Task One_context_kept_across_a_freeze_works_too()
    {
        await using var orders = new Orders(new DbContextOptionsBuilder<Orders>().UseNpgsql(Source).Options, _table);
        for (var round = 1; round <= 3; round++)
        {
            orders.Add(new Order { Item = "book" });
            await orders.SaveChangesAsync();
            await KillAndFreezeAsync();
            Assert.Equal(round, await orders.Set<Order>().CountAsync());
            await KillAndFreezeAsync();
        }
    }

    [Fact]
    public async Task Dapper_works_across_dead_backends_on_leases_and_on_connections_it_opens_itself()
    {
        for (var round = 1; round <= 3; round++)
        {
            await using (var lease = await Source.OpenConnectionAsync())
            {
                await lease.ExecuteAsync($"INSERT INTO {_table} (\"Item\") VALUES (@item)", new { item = "book" });
            }

            await KillAndFreezeAsync();
            await using var closed = Source.CreateConnection();
            Assert.Equal(round, await closed.ExecuteScalarAsync<int>($"SELECT count(*) FROM {_table}"));
            Assert.Equal(ConnectionState.Closed, closed.State);
            Assert.Equal("book", closed.QueryFirst<Order>($"SELECT * FROM {_table}").Item);
            await KillAndFreezeAsync();
        }
    }

    private sealed class Order
    {
        public int Id { get; set; }

        public required string Item { get; set; }
    }

    private sealed class Orders(DbContextOptions<Orders> options, string table) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Order>().ToTable(table);

        // One model per table, or the second context of another test would be given the first one's.
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
            optionsBuilder.EnableServiceProviderCaching(false);
    }
}

using System.Transactions;
using Npgsql;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>Leases within an ambient transaction.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class TransactionScopeTests(PostgresFixture postgres)
{
    private readonly FreezableTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(int concurrency = 1) => new(
        postgres.Cluster.ConnectionString,
        new WarmNpgsqlOptions { Environment = Db.Environment(_time, concurrency), ApplicationName = _name });

    private void Freeze() => _time.Freeze(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task A_second_lease_within_a_transaction_is_alive_too()
    {
        await using var source = Open(concurrency: 3);
        int second;
        await using (var one = await source.OpenConnectionAsync())
        await using (var other = await source.OpenConnectionAsync())
        {
            // The first to come back is the first to be had again.
            await one.CloseAsync();
            second = await other.QueryAsync<int>("SELECT pg_backend_pid()");
        }

        await postgres.AdminAsync<bool>($"SELECT pg_terminate_backend({second}, 30000)");
        Freeze();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await using var first = await source.OpenConnectionAsync();
        Assert.Equal(1, await first.QueryAsync<int>("SELECT 1"));
        await using var next = await source.OpenConnectionAsync();
        Assert.Equal(1, await next.QueryAsync<int>("SELECT 1"));
        Assert.NotSame(first, next);
    }

    [Fact]
    public async Task In_a_transaction_scope_the_dead_are_replaced_before_the_transaction_begins()
    {
        var table = $"scoped_{Guid.NewGuid():N}";
        await postgres.AdminAsync<object>($"CREATE TABLE {table} (id int)");
        await using var source = Open();
        foreach (var completes in (bool[])[true, false])
        {
            await source.UseAsync();
            await postgres.TerminateAsync(_name);
            Freeze();
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await using (var connection = await source.OpenConnectionAsync())
            {
                await using var command = new NpgsqlCommand($"INSERT INTO {table} VALUES (1)", connection);
                await command.ExecuteNonQueryAsync();
            }

            // The second lease of a transaction is the same session, or it would not see the row.
            await using (var connection = await source.OpenConnectionAsync())
            {
                Assert.Equal(completes ? 1 : 2, await connection.QueryAsync<long>($"SELECT count(*) FROM {table}"));
            }

            if (completes)
            {
                scope.Complete();
            }
        }

        Assert.Equal(1, await postgres.AdminAsync<long>($"SELECT count(*) FROM {table}"));
        Assert.True(await source.UseAsync() > 0);
    }
}

using Npgsql;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>What a lease leaves in its session, and that the next lease doesn't see it.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class SessionStateTests(PostgresFixture postgres)
{
    private readonly FreezableTimeProvider _time = new();

    private WarmNpgsqlDataSource Open() =>
        new(postgres.Cluster.ConnectionString, new WarmNpgsqlOptions { Environment = Db.Environment(_time) });

    [Fact]
    public async Task What_one_lease_sets_in_its_session_the_next_does_not_see()
    {
        await using var source = Open();
        await using (var connection = await source.OpenConnectionAsync())
        {
            await connection.QueryAsync<string>("SELECT set_config('search_path', 'elsewhere', false)");
        }

        await using var next = await source.OpenConnectionAsync();
        Assert.DoesNotContain("elsewhere", await next.QueryAsync<string>("SHOW search_path"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_a_lease_leaves_in_its_session_reaches_the_next()
    {
        await using var source = Open();
        int session;
        await using (var connection = await source.OpenConnectionAsync())
        {
            session = await connection.QueryAsync<int>("SELECT pg_backend_pid()");
            foreach (var sql in (string[])
            [
                "CREATE TEMP TABLE left_behind (id int)", "SELECT pg_advisory_lock(42)", "LISTEN left_behind",
                "PREPARE left_behind AS SELECT 1", "SET statement_timeout = 4242", "SET ROLE pg_monitor",
            ])
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }

            // And what is left in the middle: a transaction, and a reader of it.
            _ = await connection.BeginTransactionAsync();
            var reading = new NpgsqlCommand("SELECT generate_series(1, 1000)", connection);
            Assert.True(await (await reading.ExecuteReaderAsync()).ReadAsync());
        }

        await using var next = await source.OpenConnectionAsync();
        Assert.Equal(session, await next.QueryAsync<int>("SELECT pg_backend_pid()"));
        Assert.Equal(
            "0, 0, 0, 0, f, t",
            await next.QueryAsync<string>(
                "SELECT concat_ws(', ', (SELECT count(*) FROM pg_class WHERE relname = 'left_behind'), "
                + "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42), "
                + "(SELECT count(*) FROM pg_listening_channels()), "
                + "(SELECT count(*) FROM pg_prepared_statements WHERE name = 'left_behind'), "
                + "current_setting('statement_timeout') = '4242ms', current_user = session_user)"));
    }

    [Fact]
    public async Task A_transaction_left_open_is_rolled_back_before_the_next_lease()
    {
        await using var source = Open();
        var table = $"unfinished_{Guid.NewGuid():N}";
        await using (var connection = await source.OpenConnectionAsync())
        {
            _ = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand($"CREATE TABLE {table} (id int)", connection);
            await command.ExecuteNonQueryAsync();
        }

        _time.Freeze(TimeSpan.FromSeconds(10));
        await using var next = await source.OpenConnectionAsync();
        Assert.True(await next.QueryAsync<bool>($"SELECT to_regclass('{table}') IS NULL"));
    }
}

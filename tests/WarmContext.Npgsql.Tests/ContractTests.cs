using System.Data;
using System.Data.Common;
using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests;

/// <summary>What libraries over ADO.NET do with a data source and its connections.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class ContractTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();
    private WarmNpgsqlDataSource? _source;

    private WarmNpgsqlDataSource Source => _source!;

    public Task InitializeAsync()
    {
        _source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString, new WarmNpgsqlOptions { Environment = Db.Environment(_time), ApplicationName = _name });
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Source.DisposeAsync().AsTask();

    private async Task KillAndFreezeAsync()
    {
        await postgres.TerminateAsync(_name);
        _time.Advance(TimeSpan.FromSeconds(2));
    }

    /// <summary>As Dapper does it: opens the connection if it is closed, and leaves it as it was.</summary>
    private static T QueryAsDapperDoes<T>(DbConnection connection, string sql)
    {
        var wasClosed = connection.State == ConnectionState.Closed;
        if (wasClosed)
        {
            connection.Open();
        }

        try
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
            command.CommandText = sql;
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            reader.Read();
            return reader.GetFieldValue<T>(0);
        }
        finally
        {
            if (wasClosed)
            {
                connection.Close();
            }
        }
    }

    [Fact]
    public async Task Extension_methods_on_a_lease_and_on_a_closed_connection_work_across_dead_backends()
    {
        for (var round = 0; round < 3; round++)
        {
            await using (var lease = await Source.OpenConnectionAsync())
            {
                Assert.Equal(1, QueryAsDapperDoes<int>(lease, "SELECT 1"));
            }

            await KillAndFreezeAsync();
            await using var closed = ((DbDataSource)Source).CreateConnection();
            Assert.Equal(2, QueryAsDapperDoes<int>(closed, "SELECT 2"));
            Assert.Equal(3, QueryAsDapperDoes<int>(closed, "SELECT 3"));
            await KillAndFreezeAsync();
        }
    }

    [Fact]
    public async Task A_context_that_creates_its_command_first_and_opens_and_closes_around_each_works_across_dead_backends()
    {
        await using var connection = ((DbDataSource)Source).CreateConnection();
        Assert.IsType<NpgsqlConnection>(connection);
        for (var round = 0; round < 3; round++)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM pg_class WHERE relname = $1";
            command.Parameters.Add(new NpgsqlParameter { Value = "pg_class" });
            await connection.OpenAsync();
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                command.Transaction = transaction;
                Assert.Equal(1L, await command.ExecuteScalarAsync());
                await transaction.CommitAsync();
            }

            await connection.CloseAsync();
            Assert.Equal(ConnectionState.Closed, connection.State);
            await KillAndFreezeAsync();
        }
    }

    [Fact]
    public async Task Commands_of_the_data_source_itself_work_across_dead_backends()
    {
        DbDataSource source = Source;
        for (var round = 0; round < 3; round++)
        {
            await using var command = source.CreateCommand("SELECT 42");
            Assert.Equal(42, await command.ExecuteScalarAsync());
            await KillAndFreezeAsync();
        }
    }

    [Fact]
    public async Task The_general_ways_to_open_lead_to_a_lease()
    {
        DbDataSource source = Source;
        await using (var connection = await source.OpenConnectionAsync())
        {
            Assert.Equal(ConnectionState.Open, Assert.IsType<NpgsqlConnection>(connection).State);
        }

        await KillAndFreezeAsync();
        await using var again = source.OpenConnection();
        Assert.Equal(1, QueryAsDapperDoes<int>(again, "SELECT 1"));
    }

    [Fact]
    public async Task A_connection_object_opened_by_its_owner_counts_toward_the_bound()
    {
        await using var first = await Source.OpenConnectionAsync();
        await using var second = Source.CreateConnection();
        await second.OpenAsync();
        var third = Source.OpenConnectionAsync().AsTask();
        Assert.False(third.IsCompleted);

        await second.CloseAsync();
        await (await third).DisposeAsync();
    }

    [Fact]
    public async Task When_no_server_answers_opening_says_so_and_the_object_stays_closed()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port), new WarmNpgsqlOptions { Environment = Db.Environment(_time) });
        await using var connection = source.CreateConnection();
        await connection.OpenAsync();
        await connection.CloseAsync();
        proxy.RefuseNew = true;
        proxy.Reset();
        _time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => connection.OpenAsync());
        Assert.Equal(ConnectionState.Closed, connection.State);

        proxy.RefuseNew = false;
        await connection.OpenAsync();
        Assert.Equal(1, QueryAsDapperDoes<int>(connection, "SELECT 1"));
    }

    [Fact]
    public async Task The_connection_string_is_shown_without_its_password()
    {
        await using var connection = await Source.OpenConnectionAsync();
        Assert.DoesNotContain(postgres.Cluster.AdminPassword, Source.ConnectionString, StringComparison.Ordinal);
        Assert.DoesNotContain(postgres.Cluster.AdminPassword, connection.ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_closed_before_a_snapshot_are_opened_anew_after_it()
    {
        var before = await Source.UseAsync();
        await using (var held = await Source.OpenConnectionAsync())
        {
            Source.CloseConnections();
        }

        await UntilGoneAsync();
        Assert.NotEqual(before, await Source.UseAsync());
    }

    [Fact]
    public async Task Disposing_closes_every_connection_cleanly_and_leasing_then_says_so()
    {
        var held = await Source.OpenConnectionAsync();
        await Source.UseAsync();
        await Source.DisposeAsync();
        await held.DisposeAsync();

        await UntilGoneAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Source.OpenConnectionAsync());
        Assert.Throws<ObjectDisposedException>(() => Source.CreateConnection());
    }

    private async Task UntilGoneAsync()
    {
        for (var attempt = 0; await postgres.ConnectionsAsync(_name) > 0; attempt++)
        {
            Assert.True(attempt < 1000, "The server still has connections.");
            await Task.Delay(10);
        }
    }
}

using System.Diagnostics;
using Npgsql;

namespace WarmContext.LocalServices.Tests;

public sealed class LocalPostgresTests
{
    private static readonly (string, string?)[] s_unset = [(LocalPostgres.Variable, null)];

    [Fact]
    public async Task A_server_is_found_or_started()
    {
        using var variables = new Variables(s_unset);

        PostgresServer server = await LocalPostgres.GetAsync();

        Assert.True(server.CanRestart);
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("show max_connections", connection);
        Assert.Equal("200", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Finding_a_server_that_is_up_takes_no_noticeable_time()
    {
        using var variables = new Variables(s_unset);
        await LocalPostgres.GetAsync();

        // The best of several: the machine may be busy. Starting the script alone would take longer.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 20 || (i < 500 && best > TimeSpan.FromMilliseconds(20)); i++)
        {
            long begun = Stopwatch.GetTimestamp();
            await LocalPostgres.GetAsync();
            TimeSpan taken = Stopwatch.GetElapsedTime(begun);
            best = taken < best ? taken : best;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(20), $"It took {best.TotalMilliseconds:0.0} ms.");
    }

    [Fact]
    public async Task A_server_that_is_named_is_used_and_not_restarted()
    {
        using var unset = new Variables(s_unset);
        string named = (await LocalPostgres.GetAsync()).ConnectionString + ";Application Name=named";
        using var variables = new Variables((LocalPostgres.Variable, named));

        PostgresServer server = await LocalPostgres.GetAsync();

        Assert.Equal(named, server.ConnectionString);
        Assert.False(server.CanRestart);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.RestartAsync());
    }

    [Theory]
    [InlineData("junk", "not a connection string")]
    [InlineData("Nonsense=1", "not a connection string")]
    [InlineData("Port=5432", "names no Host")]
    [InlineData("Host=127.0.0.1;Port=1;Username=me;Password=hidden", "host 127.0.0.1, port 1")]
    public async Task A_wrong_variable_is_named_with_the_remedy(string value, string message)
    {
        using var variables = new Variables((LocalPostgres.Variable, value));

        LocalServiceException exception = await Assert.ThrowsAsync<LocalServiceException>(() => LocalPostgres.GetAsync());

        Assert.Contains(LocalPostgres.Variable, exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_server_survives_restart_and_a_kill_with_its_data()
    {
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        await ExecuteAsync(server, "create table kept (id int)");

        await server.RestartAsync();
        await ExecuteAsync(server, "insert into kept values (1)");
        using (var postmaster = Process.GetProcessById(server.ProcessId))
        {
            postmaster.Kill();
            await postmaster.WaitForExitAsync();
        }

        await server.UpAsync();
        Assert.Equal(1L, await ExecuteAsync(server, "select count(*) from kept"));
    }

    [Fact]
    public async Task A_private_server_leaves_nothing_behind()
    {
        PrivatePostgres server = await PrivatePostgres.StartAsync();
        await ExecuteAsync(server, "select 1");

        await server.DisposeAsync();

        Assert.False(Directory.Exists(server.DataDirectory));
        await Assert.ThrowsAsync<NpgsqlException>(() => ExecuteAsync(server, "select 1"));
    }

    private static async Task<object?> ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}

using System.Globalization;
using MySql.Data.MySqlClient;
using WarmContext.LocalServices;

namespace WarmContext.MySql.Tests;

/// <summary>One private server for the tests, and a way in of their own to see and break what the code under test has open.</summary>
public sealed class MariaDbFixture : IAsyncLifetime
{
    private PrivateMariaDb? _server;

    public PrivateMariaDb Server => _server ?? throw new InvalidOperationException("Not started.");

    public string For(int port, string? password = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"Server=127.0.0.1;Port={port};User ID=admin;Password={password ?? Server.AdminPassword};SslMode=Disabled;Pooling=false");

    public async Task<long> AdminAsync(string sql)
    {
        await using var connection = new MySqlConnection(For(Server.Port));
        await connection.OpenAsync();
        return await connection.QueryAsync<long>(sql);
    }

    /// <summary>Waits until the server has no such connection any more.</summary>
    public async Task UntilGoneAsync(long connection)
    {
        var sql = $"SELECT COUNT(*) FROM information_schema.processlist WHERE id = {connection}";
        for (var attempt = 0; await AdminAsync(sql) > 0; attempt++)
        {
            Assert.True(attempt < 200, "The server still has the connection.");
            await Task.Delay(50);
        }
    }

    public async Task InitializeAsync() => _server = await PrivateMariaDb.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

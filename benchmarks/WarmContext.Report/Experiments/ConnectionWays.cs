using System.Data;
using Npgsql;
using WarmContext.Npgsql;

namespace WarmContext.Report.Experiments;

/// <summary>
/// The ways in which functions get at a connection, each as its advocates would write it, on a server of their own at some distance.
/// </summary>
internal sealed class ConnectionWays : IAsyncDisposable
{
    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _bestPool;
    private readonly NpgsqlDataSource _hastyPool;
    private readonly string _unpooled;
    private NpgsqlConnection? _static;
    private NpgsqlConnection? _checked;

    public ConnectionWays(string connectionString)
    {
        // The name by which a test kills the sessions; WarmNpgsqlDataSource is given it as well.
        var named = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = Name };
        _unpooled = new NpgsqlConnectionStringBuilder(named.ConnectionString) { Pooling = false }.ConnectionString;
        _pool = NpgsqlDataSource.Create(named.ConnectionString);

        // What Npgsql's own documents offer for speed and for frozen environments: no reset, and connections that don't grow old.
        var best = new NpgsqlConnectionStringBuilder(named.ConnectionString)
        {
            NoResetOnClose = true,
            ConnectionLifetime = 300,
            MaxPoolSize = 2,
        };
        _bestPool = NpgsqlDataSource.Create(best.ConnectionString);

        // Besides, the shortest time limit that the connection string can set, and no second connection to cancel over.
        // A long query would fail as well.
        _hastyPool = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(best.ConnectionString)
            {
                Timeout = 1,
                CommandTimeout = 1,
                CancellationTimeout = -1,
            }.ConnectionString);
        Warm = new WarmNpgsqlDataSource(
            named.ConnectionString, new WarmNpgsqlOptions { Environment = Time.Environment(), ApplicationName = Name });
        WarmKept = new WarmNpgsqlDataSource(
            named.ConnectionString,
            new WarmNpgsqlOptions { Environment = Time.Environment(), ApplicationName = Name, SessionState = WarmSessionState.Keep });
    }

    public string Name { get; } = $"ways-{Guid.NewGuid():N}"[..20];

    public SkippingTime Time { get; } = new();

    public WarmNpgsqlDataSource Warm { get; }

    public WarmNpgsqlDataSource WarmKept { get; }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_unpooled);
        await connection.OpenAsync(cancellationToken);
        await QueryAsync(connection, cancellationToken);
    }

    public async Task PoolAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _pool.OpenConnectionAsync(cancellationToken);
        await QueryAsync(connection, cancellationToken);
    }

    public async Task BestPoolAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _bestPool.OpenConnectionAsync(cancellationToken);
        await QueryAsync(connection, cancellationToken);
    }

    public async Task HastyPoolAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _hastyPool.OpenConnectionAsync(cancellationToken);
        await QueryAsync(connection, cancellationToken);
    }

    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Warm.OpenConnectionAsync(cancellationToken);
        await QueryAsync(connection, cancellationToken);
    }

    public async Task WarmKeptAsync(CancellationToken cancellationToken)
    {
        await using var connection = await WarmKept.OpenConnectionAsync(cancellationToken);
        await QueryAsync(connection, cancellationToken);
    }

    public async Task WarmLeaseAsync(CancellationToken cancellationToken) =>
        await (await Warm.OpenConnectionAsync(cancellationToken)).DisposeAsync();

    /// <summary>The cheapest round trip there is, on a connection that is held.</summary>
    public async Task RoundTripAsync(CancellationToken cancellationToken)
    {
        _static ??= await OpenedAsync(cancellationToken);
        await using var command = _static.CreateCommand();
        command.CommandText = "-- ping";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Opened once, and never again: its advocates have Lambda start another environment when it fails.</summary>
    public async Task StaticAsync(CancellationToken cancellationToken)
    {
        _static ??= await OpenedAsync(cancellationToken);
        await QueryAsync(_static, cancellationToken);
    }

    /// <summary>The same, opened again unless State says Open.</summary>
    public async Task CheckedAsync(CancellationToken cancellationToken)
    {
        if (_checked is not { State: ConnectionState.Open })
        {
            if (_checked is not null)
            {
                await _checked.DisposeAsync();
            }

            _checked = await OpenedAsync(cancellationToken);
        }

        await QueryAsync(_checked, cancellationToken);
    }

    /// <summary>Has every way hold a connection that works.</summary>
    public async Task UseAllAsync(CancellationToken cancellationToken)
    {
        await RenewStaticAsync();
        await StaticAsync(cancellationToken);
        await CheckedAsync(cancellationToken);
        await PoolAsync(cancellationToken);
        await BestPoolAsync(cancellationToken);
        await WarmAsync(cancellationToken);
        await WarmKeptAsync(cancellationToken);
    }

    /// <summary>What a new environment would bring.</summary>
    public async Task RenewStaticAsync()
    {
        await Close(_static);
        await Close(_checked);
        (_static, _checked) = (null, null);
        _pool.Clear();
        _bestPool.Clear();
        _hastyPool.Clear();

        static ValueTask Close(NpgsqlConnection? connection) => connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await RenewStaticAsync();
        await Warm.DisposeAsync();
        await WarmKept.DisposeAsync();
        await _pool.DisposeAsync();
        await _bestPool.DisposeAsync();
        await _hastyPool.DisposeAsync();
    }

    private async Task<NpgsqlConnection> OpenedAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_unpooled);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task QueryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        await command.ExecuteScalarAsync(cancellationToken);
    }
}

using System.Data.Common;
using System.Transactions;
using Npgsql;
using WarmContext.Npgsql.Opening;
using WarmContext.Npgsql.Pooling;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql;

/// <summary>
/// PostgreSQL connections for an execution environment: over Npgsql's own pool, but every connection handed out has answered, or was used within
/// the last second, whatever froze, failed over or was reaped in between. Keep one in a static field or a singleton.
/// </summary>
/// <remarks>
/// <para>
/// What is leased is an ordinary <see cref="NpgsqlConnection"/>: dispose it when done with it. Nobody's SQL is ever run twice: what is tried again
/// is opening alone.
/// </para>
/// <para>Safe to use from several threads at once. No timers: nothing happens between invocations that a freeze could break.</para>
/// </remarks>
public sealed class WarmNpgsqlDataSource : DbDataSource, IWarmResource
{
    private readonly NpgsqlDataSource _pool;
    private readonly PoolLedger _ledger;
    private readonly LeaseDesk _desk;
    private readonly EnlistingDesk _enlisting;
    private readonly bool _enlists;
    private volatile bool _disposed;

    /// <summary>Creates a data source. Opens nothing yet.</summary>
    /// <param name="connectionString">Npgsql's connection string.</param>
    /// <param name="options">How connections are opened, proven and replaced. <value>Default: all defaults.</value></param>
    /// <exception cref="ArgumentException">The connection string can't be read or has what can't work here, or an option has a value that isn't allowed; the message says which.</exception>
    public WarmNpgsqlDataSource(string connectionString, WarmNpgsqlOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var valid = (options ?? new WarmNpgsqlOptions()).Validated();
        var settings = ConnectionSettings.Build(connectionString, valid, out var bound);
        var target = $"PostgreSQL at {settings.Host}:{settings.Port}, database '{settings.Database ?? settings.Username}', user '{settings.Username}'";
        Name = valid.Name ?? $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";
        var passwords = valid.PasswordProvider is null ? null : new PasswordCache(valid);
        var probe = new ConnectionProbe(valid.Preset == WarmNpgsqlPreset.AuroraFailover);
        var policy = new LeasePolicy(valid);
        _pool = Build(settings, valid, passwords, probe);
        _ledger = new PoolLedger(_pool, policy, Name, bound);
        _desk = new LeaseDesk(new ConnectionOpener(_pool, valid, passwords, Name, target), _ledger, policy, probe, target);
        _enlists = settings.Enlist;
        _enlisting = new EnlistingDesk(_desk, _ledger, policy, _pool);
        _ledger.Reopened = new ReopenGuard(_desk, _ledger, policy, _enlists).OnOpened;
        valid.Environment.Register(this);
    }

    /// <summary>What logs, metrics and errors call the data source.</summary>
    public string Name { get; }

    /// <summary>The most connections open at once.</summary>
    public int MaxConnections => _ledger.Slots.Count;

    /// <summary>The connection string in use, without its password.</summary>
    public override string ConnectionString => _pool.ConnectionString;

    /// <summary>Leases a connection that is alive. Dispose it to give it back.</summary>
    /// <param name="cancellationToken">Ends the waiting. A connection that is being probed is not harmed by it.</param>
    /// <returns>An open connection. It comes at once, with no I/O, when one was used within <see cref="ConnectionLeaseOptions.FreshFor"/>.</returns>
    /// <exception cref="WarmNpgsqlException">None could be had; the message names the server and what to do. Comes at once where waiting is no help, otherwise within the time that the invocation has left.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The data source is disposed.</exception>
    public new ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Transaction.Current is { } ambient && _enlists ? _enlisting.LeaseAsync(ambient, cancellationToken) : _desk.LeaseAsync(cancellationToken);
    }

    /// <summary>As <see cref="OpenConnectionAsync"/>, blocking while there is something to wait for.</summary>
    /// <exception cref="WarmNpgsqlException">No connection could be had.</exception>
    /// <exception cref="ObjectDisposedException">The data source is disposed.</exception>
    public new NpgsqlConnection OpenConnection()
    {
        var leasing = OpenConnectionAsync(CancellationToken.None);
        return leasing.IsCompletedSuccessfully ? leasing.Result : leasing.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Creates a connection object for its owner to open and close as often as it likes, as EF Core does. Opening it proves it too, but blocks while
    /// it does so; prefer <see cref="OpenConnectionAsync"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The data source is disposed.</exception>
    public new NpgsqlConnection CreateConnection()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var connection = _pool.CreateConnection();
        _ledger.Watch(connection);
        return connection;
    }

    /// <summary>
    /// Closes the idle connections, and has those that are leased closed when they are given back; the next leases open new ones. Call it after a
    /// failover that the function noticed itself. Before a SnapStart snapshot and at shutdown the environment calls it
    /// (<see cref="ExecutionEnvironment.ReleaseAsync"/>).
    /// </summary>
    public void CloseConnections() => _ledger.CondemnAll();

    /// <inheritdoc/>
    async ValueTask IWarmResource.RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        if (_disposed || !_ledger.EverOpened)
        {
            return;
        }

        var connection = await _desk.LeaseAsync(cancellationToken).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    ValueTask IWarmResource.ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!_disposed)
        {
            CloseConnections();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Closes all connections; those that are leased, when they are given back.</summary>
    /// <param name="disposing">True when called by <c>Dispose</c>.</param>
    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        if (disposing)
        {
            _pool.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        _disposed = true;
        await _pool.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsyncCore().ConfigureAwait(false);
    }

    private NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings, WarmNpgsqlOptions options, PasswordCache? passwords, ConnectionProbe probe)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = Name };
        if (options.Configure is { } configure)
        {
            configure(builder);
            ConnectionSettings.RequireUnchanged(settings, builder.ConnectionStringBuilder);
        }

        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                passwords?.Proven();
                probe.CheckWriter(connection);
                _ledger.Opened(connection);
            },
            async connection =>
            {
                passwords?.Proven();
                await probe.CheckWriterAsync(connection).ConfigureAwait(false);
                _ledger.Opened(connection);
            });
        if (passwords is not null)
        {
            // Synchronous opening happens only to connection objects that their owner opens with Open(); the provider is waited for off its context.
            builder.UsePasswordProvider(
                settings => Task.Run(() => passwords.GetAsync(settings, CancellationToken.None).AsTask()).GetAwaiter().GetResult(),
                passwords.GetAsync);
        }

        return builder.Build();
    }
}

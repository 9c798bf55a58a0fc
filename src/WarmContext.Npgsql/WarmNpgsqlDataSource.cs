using System.Data.Common;
using System.Transactions;
using Npgsql;
using WarmContext.Npgsql.Opening;
using WarmContext.Npgsql.Pooling;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql;

/// <summary>
/// PostgreSQL connections for an execution environment, from Npgsql's own pool. Every leased connection was opened, or has answered a
/// probe, within the last second, whatever froze, failed over or was reaped before. Keep one in a static field or a singleton.
/// </summary>
/// <remarks>
/// <para>
/// A lease is an ordinary <see cref="NpgsqlConnection"/>; dispose it when done with it. Only opening is ever repeated: your SQL is never
/// run twice.
/// </para>
/// <para>Safe to use from several threads at once. No timers: nothing happens between invocations that a freeze could break.</para>
/// </remarks>
public sealed class WarmNpgsqlDataSource : DbDataSource, IWarmResource
{
    private readonly NpgsqlDataSource _pool;
    private readonly PooledConnectionTracker _tracker;
    private readonly ConnectionLeaser _leaser;
    private readonly BlockingLeaser _blocking;
    private readonly TransactionLeaser _transactions;
    private readonly bool _enlists;
    private volatile bool _disposed;

    /// <summary>Creates a data source. Opens no connection yet.</summary>
    /// <param name="connectionString">Npgsql's connection string.</param>
    /// <param name="options">How connections are opened, probed and replaced; null means all defaults.</param>
    /// <exception cref="ArgumentException">
    /// The connection string can't be read, has a setting that can't work here, or an option has a value that isn't allowed. The message
    /// says which.
    /// </exception>
    public WarmNpgsqlDataSource(string connectionString, WarmNpgsqlOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var valid = (options ?? new WarmNpgsqlOptions()).Validated();
        var settings = ConnectionSettings.Build(connectionString, valid, out var poolSize);
        var database = settings.Database ?? settings.Username;
        var target = $"PostgreSQL at {settings.Host}:{settings.Port}, database '{database}', user '{settings.Username}'";
        Name = valid.Name ?? $"{settings.Host}:{settings.Port}/{database}";
        var passwords = valid.PasswordProvider is null ? null : new PasswordCache(valid);
        var probe = new ConnectionProbe(valid.Preset == WarmNpgsqlPreset.AuroraFailover);
        var policy = new LeasePolicy(valid);
        _pool = Build(settings, valid, passwords, probe);
        _tracker = new PooledConnectionTracker(_pool, policy, Name, poolSize);
        _leaser = new ConnectionLeaser(new ConnectionOpener(_pool, valid, passwords, Name, target), _tracker, policy, probe, target);
        _blocking = new BlockingLeaser(_leaser, new BlockingOpener(_pool, valid, passwords, Name), _tracker, policy);
        _enlists = settings.Enlist;
        _transactions = new TransactionLeaser(_leaser, _tracker, policy, _pool);
        _tracker.Reopened = new ReopenedConnectionProber(_leaser, _tracker, policy, _enlists).OnOpened;
        valid.Environment.Register(this);
    }

    /// <summary>The name of the data source in logs, metrics and errors.</summary>
    public string Name { get; }

    /// <summary>The maximum number of connections open at once.</summary>
    public int MaxConnections => _tracker.Slots.Count;

    /// <summary>The connection string in use, without its password.</summary>
    public override string ConnectionString => _pool.ConnectionString;

    /// <summary>Leases a connection that is alive. Dispose it to give it back.</summary>
    /// <param name="cancellationToken">Ends the waiting. It does no harm to a connection that is being probed.</param>
    /// <returns>
    /// An open connection. It takes no I/O when a connection has answered within <see cref="ConnectionLeaseOptions.FreshFor"/>.
    /// </returns>
    /// <exception cref="WarmNpgsqlException">
    /// No connection could be leased. The message names the server and what to do. A permanent failure is thrown at once, a transient one
    /// within the time that the invocation has left.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The data source is disposed.</exception>
    public new ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Transaction.Current is { } ambient && _enlists
            ? _transactions.LeaseAsync(ambient, cancellationToken)
            : _leaser.LeaseAsync(cancellationToken);
    }

    /// <summary>
    /// As <see cref="OpenConnectionAsync"/>, but blocks while it waits. It needs no thread of the pool, so any number of callers may
    /// block at once; only the password provider is asked there.
    /// </summary>
    /// <exception cref="WarmNpgsqlException">No connection could be leased.</exception>
    /// <exception cref="ObjectDisposedException">The data source is disposed.</exception>
    public new NpgsqlConnection OpenConnection()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Transaction.Current is { } ambient && _enlists ? _transactions.Lease(ambient, _blocking) : _blocking.Lease();
    }

    /// <summary>
    /// Creates a connection object that its owner opens and closes as often as it likes, as EF Core does. Opening it probes it too, but
    /// blocks; prefer <see cref="OpenConnectionAsync"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The data source is disposed.</exception>
    public new NpgsqlConnection CreateConnection()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var connection = _pool.CreateConnection();
        _tracker.Watch(connection);
        return connection;
    }

    /// <summary>
    /// Closes the idle connections. Leased ones are closed when they are given back, and the next leases open new ones. Call it after a
    /// failover that the function noticed itself. The environment calls it before a SnapStart snapshot and at shutdown
    /// (<see cref="ExecutionEnvironment.ReleaseAsync"/>).
    /// </summary>
    public void CloseConnections() => _tracker.InvalidateAll();

    /// <inheritdoc/>
    async ValueTask IWarmResource.RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        if (_disposed || !_tracker.EverOpened)
        {
            return;
        }

        var connection = await _leaser.LeaseAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Closes the idle connections. Leased ones are closed when they are given back.</summary>
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

    private NpgsqlDataSource Build(
        NpgsqlConnectionStringBuilder settings, WarmNpgsqlOptions options, PasswordCache? passwords, ConnectionProbe probe)
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
                passwords?.Accepted();
                probe.CheckWriter(connection);
                _tracker.Opened(connection);
            },
            async connection =>
            {
                passwords?.Accepted();
                await probe.CheckWriterAsync(connection).ConfigureAwait(false);
                _tracker.Opened(connection);
            });
        if (passwords is not null)
        {
            // The provider is waited for off the caller's context.
            builder.UsePasswordProvider(
                settings => passwords.Get(settings, BlockingOpener.CurrentAttempt),
                passwords.GetAsync);
        }

        return builder.Build();
    }
}

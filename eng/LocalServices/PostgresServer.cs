namespace WarmContext.LocalServices;

/// <summary>A PostgreSQL server that answers.</summary>
public sealed class PostgresServer
{
    private readonly Func<CancellationToken, Task>? _restart;

    internal PostgresServer(string connectionString, Func<CancellationToken, Task>? restart)
    {
        ConnectionString = connectionString;
        _restart = restart;
    }

    /// <summary>Connects as a user who may create databases.</summary>
    public string ConnectionString { get; }

    /// <summary>Whether <see cref="RestartAsync"/> works: only for a server that <c>eng/services</c> started.</summary>
    public bool CanRestart => _restart is not null;

    /// <summary>Restarts the server: every connection breaks, the data stays. Returns when it answers again.</summary>
    /// <remarks>Everybody on this machine shares the server: tests use <see cref="PrivatePostgres"/> for this.</remarks>
    /// <exception cref="InvalidOperationException">The server isn't ours (<see cref="CanRestart"/> is false).</exception>
    /// <exception cref="LocalServiceException">It did not come back.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) =>
        _restart is null
            ? throw new InvalidOperationException(
                $"The PostgreSQL server named by {LocalPostgres.Variable} is not ours to restart; ask CanRestart first.")
            : _restart(cancellationToken);
}

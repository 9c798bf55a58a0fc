using Npgsql;
using WarmContext.Shared;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql;

/// <summary>
/// How a <see cref="WarmNpgsqlDataSource"/> opens, probes, replaces and names its connections. The defaults suit a function that connects
/// to its server directly.
/// </summary>
public sealed class WarmNpgsqlOptions : ConnectionLeaseOptions
{
    /// <summary>The name of the data source in logs, metrics and errors.</summary>
    /// <value>Default: null, which means host, port and database.</value>
    public string? Name { get; set; }

    /// <summary>What stands between the function and the server.</summary>
    /// <value>Default: <see cref="WarmNpgsqlPreset.Direct"/>.</value>
    public WarmNpgsqlPreset Preset { get; set; }

    /// <summary>What happens to session state between leases.</summary>
    /// <value>
    /// Default: null, which means <see cref="WarmSessionState.Reset"/>; for <see cref="WarmNpgsqlPreset.Proxy"/>, where a reset would pin
    /// the session, <see cref="WarmSessionState.Keep"/>.
    /// </value>
    public WarmSessionState? SessionState { get; set; }

    /// <summary>The maximum time of one attempt to open a physical connection. After that another attempt begins.</summary>
    /// <value>Default: 5 s. Allowed: 1 ms to 15 minutes.</value>
    public TimeSpan OpenAttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The name under which the server lists the connections (<c>pg_stat_activity.application_name</c>).</summary>
    /// <value>Default: null, which means the connection string's, or else <c>WarmContext/</c> and the function's name.</value>
    public string? ApplicationName { get; set; }

    /// <summary>
    /// After this time the server itself closes an idle connection, so that frozen environments don't hold on to connections
    /// (<c>idle_session_timeout</c>, PostgreSQL 14 and later). The next lease replaces the connection.
    /// </summary>
    /// <value>
    /// Default: null, which means never. Allowed: more than <see cref="ConnectionLeaseOptions.FreshFor"/>, up to 24 days; only null with
    /// <see cref="WarmNpgsqlPreset.Proxy"/>.
    /// </value>
    public TimeSpan? IdleSessionTimeout { get; set; }

    /// <summary>
    /// Provides the password or token when a physical connection is opened. The answer is used again for two thirds of its life. If the
    /// server refuses it, the provider is asked again at once.
    /// </summary>
    /// <value>Default: null, which means the connection string's password.</value>
    public Func<WarmPasswordRequest, CancellationToken, ValueTask<WarmPassword>>? PasswordProvider { get; set; }

    /// <summary>
    /// How long the answer of <see cref="PasswordProvider"/> is valid, where it has no <see cref="WarmPassword.Life"/> of its own.
    /// </summary>
    /// <value>
    /// Default: 15 minutes, the life of an IAM database token
    /// (<see href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html">source</see>). Allowed: 0 or more; 0
    /// asks every time.
    /// </value>
    public TimeSpan PasswordLife { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Configures Npgsql's own builder: type mapping, TLS callbacks, logging. Called once, at construction. The pool, the password and the
    /// physical connection initializer belong to WarmContext.
    /// </summary>
    /// <value>Default: null.</value>
    public Action<NpgsqlDataSourceBuilder>? Configure { get; set; }

    internal bool ResetsSession =>
        (SessionState ?? (Preset == WarmNpgsqlPreset.Proxy ? WarmSessionState.Keep : WarmSessionState.Reset)) == WarmSessionState.Reset;

    internal WarmNpgsqlOptions Validated()
    {
        const string type = nameof(WarmNpgsqlOptions);
        this.Validate(type);
        Guard.Defined(Preset, type, nameof(Preset));
        if (SessionState is { } state)
        {
            Guard.Defined(state, type, nameof(SessionState));
        }

        Guard.Between(OpenAttemptTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(15), type, nameof(OpenAttemptTimeout));
        Guard.Require(PasswordLife >= TimeSpan.Zero, PasswordLife, type, nameof(PasswordLife), "it must be 0 or more.");
        Guard.Require(
            Preset != WarmNpgsqlPreset.Proxy || SessionState != WarmSessionState.Reset, WarmSessionState.Reset, type, nameof(SessionState),
            $"with {nameof(Preset)} Proxy it must be null or Keep, as resetting pins the session; for PgBouncer in session mode use "
                + $"{nameof(Preset)} Direct.");
        if (IdleSessionTimeout is { } idle)
        {
            Guard.Require(
                Preset != WarmNpgsqlPreset.Proxy, idle, type, nameof(IdleSessionTimeout),
                $"with {nameof(Preset)} Proxy it must be null, as a pooler refuses it; set the pooler's own idle timeout instead.");
            Guard.Require(
                idle > FreshFor && idle <= TimeSpan.FromDays(24), idle, type, nameof(IdleSessionTimeout),
                $"it must be more than {nameof(FreshFor)} ({FreshFor}) and at most 24 days.");
        }

        return (WarmNpgsqlOptions)MemberwiseClone();
    }
}

using Npgsql;
using WarmContext.Connections;
using WarmContext.Shared;

namespace WarmContext.Npgsql;

/// <summary>How a <see cref="WarmNpgsqlDataSource"/> opens, proves, replaces and names its connections. The defaults suit a function that talks to its server directly.</summary>
public sealed class WarmNpgsqlOptions : ConnectionLeaseOptions
{
    /// <summary>What to call the data source in logs, metrics and errors. <value>Default: null, which stands for host, port and database.</value></summary>
    public string? Name { get; set; }

    /// <summary>What stands between the function and the server. <value>Default: <see cref="WarmNpgsqlPreset.Direct"/>.</value></summary>
    public WarmNpgsqlPreset Preset { get; set; }

    /// <summary>
    /// What becomes of session state between leases. <value>Default: null, which means <see cref="WarmSessionState.Reset"/>, or
    /// <see cref="WarmSessionState.Keep"/> for <see cref="WarmNpgsqlPreset.Proxy"/>, where resetting would pin the session.</value>
    /// </summary>
    public WarmSessionState? SessionState { get; set; }

    /// <summary>
    /// The longest that one attempt to open a physical connection may take before it is tried again.
    /// <value>Default: 5 s. Allowed: 1 ms to 15 minutes.</value>
    /// </summary>
    public TimeSpan OpenAttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The name under which the server lists the connections (<c>pg_stat_activity.application_name</c>).
    /// <value>Default: null, which means the connection string's, or else <c>WarmContext/</c> and the function's name.</value>
    /// </summary>
    public string? ApplicationName { get; set; }

    /// <summary>
    /// Has the server itself close connections that were idle for that long, so that frozen environments don't hold on to them
    /// (<c>idle_session_timeout</c>, PostgreSQL 14 and later). The next lease replaces the connection. Not with <see cref="WarmNpgsqlPreset.Proxy"/>.
    /// <value>Default: null, off. Allowed: more than <see cref="ConnectionLeaseOptions.FreshFor"/>, up to 24 days.</value>
    /// </summary>
    public TimeSpan? IdleSessionTimeout { get; set; }

    /// <summary>
    /// Provides the password or token, asked when a physical connection is opened. What it returns is used again for less than its life; a password
    /// that the server refuses is asked for anew at once. <value>Default: null, the connection string's password.</value>
    /// </summary>
    public Func<WarmPasswordRequest, CancellationToken, ValueTask<WarmPassword>>? PasswordProvider { get; set; }

    /// <summary>
    /// How long what <see cref="PasswordProvider"/> returns is valid, unless it says so itself; used for two thirds of it.
    /// <value>Default: 15 minutes, the life of an IAM database token
    /// (<see href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html">source</see>). Allowed: 0 (asked every time) or more.</value>
    /// </summary>
    public TimeSpan PasswordLife { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Configures Npgsql's own builder: type mapping, TLS callbacks, logging. Called once, at construction. The pool, the password and the
    /// physical connection initializer are WarmContext's. <value>Default: null.</value>
    /// </summary>
    public Action<NpgsqlDataSourceBuilder>? Configure { get; set; }

    internal int PoolBound => Bound;

    internal bool ResetsSession => (SessionState ?? (Preset == WarmNpgsqlPreset.Proxy ? WarmSessionState.Keep : WarmSessionState.Reset)) == WarmSessionState.Reset;

    internal WarmNpgsqlOptions Validated()
    {
        const string type = nameof(WarmNpgsqlOptions);
        Validate(type);
        Guard.Defined(Preset, type, nameof(Preset));
        if (SessionState is { } state)
        {
            Guard.Defined(state, type, nameof(SessionState));
        }

        Guard.Between(OpenAttemptTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(15), type, nameof(OpenAttemptTimeout));
        Guard.Require(PasswordLife >= TimeSpan.Zero, PasswordLife, type, nameof(PasswordLife), "it must be 0 or more.");
        Guard.Require(
            Preset != WarmNpgsqlPreset.Proxy || SessionState != WarmSessionState.Reset, WarmSessionState.Reset, type, nameof(SessionState),
            $"with {nameof(Preset)} Proxy it must be null or Keep, as resetting pins the session; for PgBouncer in session mode use {nameof(Preset)} Direct.");
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

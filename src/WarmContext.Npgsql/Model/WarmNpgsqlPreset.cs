namespace WarmContext.Npgsql;

/// <summary>What stands between the function and the PostgreSQL server, and so what a connection may be used for.</summary>
public enum WarmNpgsqlPreset
{
    /// <summary>Nothing, or PgBouncer in session mode. Session state is reset between leases.</summary>
    Direct = 0,

    /// <summary>
    /// RDS Proxy, or PgBouncer in transaction mode. Nothing is sent that pins a session or that a transaction pooler refuses: session state
    /// isn't reset, so don't set any, and statements aren't prepared automatically.
    /// </summary>
    Proxy,

    /// <summary>
    /// The writer of an Aurora cluster, or of another replicated one. As <see cref="Direct"/>, and a connection is also replaced when its
    /// server has become read-only, or when a stale DNS answer led it to a reader.
    /// </summary>
    AuroraFailover,
}

namespace WarmContext.Npgsql;

/// <summary>What stands between the function and the PostgreSQL server, and so what a connection may be used for.</summary>
public enum WarmNpgsqlPreset
{
    /// <summary>Nothing: the server itself, or PgBouncer in session mode. Session state is reset between leases.</summary>
    Direct = 0,

    /// <summary>
    /// RDS Proxy, or PgBouncer in transaction mode: nothing is sent that pins a session or that a transaction pooler refuses, so session state
    /// isn't reset, and must not be set. Statements aren't prepared automatically.
    /// </summary>
    Proxy,

    /// <summary>
    /// The writer of an Aurora (or other replicated) cluster: as <see cref="Direct"/>, and a connection whose server has become read-only is
    /// replaced, as is a new one that a stale DNS answer led to a reader.
    /// </summary>
    AuroraFailover,
}

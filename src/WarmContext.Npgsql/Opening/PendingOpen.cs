using Npgsql;

namespace WarmContext.Npgsql.Opening;

/// <summary>An attempt to open that has been started: Npgsql either had an idle connection at hand, or is opening a physical one.</summary>
internal readonly struct PendingOpen(NpgsqlConnection connection, Task opening, CancellationTokenSource source)
{
    public NpgsqlConnection Connection => connection;

    public Task Opening => opening;

    /// <summary>Cancels it. Not armed: the caller sets its time.</summary>
    public CancellationTokenSource Source => source;
}

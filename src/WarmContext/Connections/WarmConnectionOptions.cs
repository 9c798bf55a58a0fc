using System.Data.Common;
using WarmContext.Connections;
using WarmContext.Shared;

namespace WarmContext;

/// <summary>How a <see cref="WarmConnection{T}"/> proves and resets its connections.</summary>
/// <typeparam name="T">The provider's connection type.</typeparam>
public sealed class WarmConnectionOptions<T> : ConnectionLeaseOptions
    where T : DbConnection
{
    /// <summary>What to call it in logs, metrics and errors. <value>Default: null, which stands for the connection type's name.</value></summary>
    public string? Name { get; set; }

    /// <summary>
    /// Asks an idle connection whether it is alive; throwing or not answering in time means that it isn't. It is given no token, since a cancelled
    /// command leaves a connection half-used: it must be cheap. <value>Default: null, which executes <see cref="ProbeCommandText"/>.</value>
    /// </summary>
    public Func<T, Task>? Probe { get; set; }

    /// <summary>The command that probes. Make it the cheapest that goes to the server. <value>Default: <c>SELECT 1</c>.</value></summary>
    public string ProbeCommandText { get; set; } = "SELECT 1";

    /// <summary>
    /// Brings a connection's session back to how it was when opened, before it is leased again; being a round trip, it stands in for the probe.
    /// <value>Default: null: what one lease leaves in its session, the next one sees.</value>
    /// </summary>
    /// <remarks>
    /// PostgreSQL: execute <c>DISCARD ALL</c>. MySQL and MariaDB have no such statement: set back here what the function itself sets, or call the provider's
    /// own reset where it has one in public. The <c>Connection Reset</c> of their connection strings works in the provider's pool alone.
    /// </remarks>
    public Func<T, Task>? Reset { get; set; }

    internal int PoolBound => Bound;

    internal WarmConnectionOptions<T> Validated()
    {
        const string type = "WarmConnectionOptions";
        Validate(type);
        Guard.Require(!string.IsNullOrWhiteSpace(ProbeCommandText), "empty", type, nameof(ProbeCommandText), "it must be a command that the server answers, such as SELECT 1.");
        return (WarmConnectionOptions<T>)MemberwiseClone();
    }
}

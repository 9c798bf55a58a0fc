using System.Data.Common;
using WarmContext.Shared;
using WarmContext.Shared.Connections;

namespace WarmContext;

/// <summary>How a <see cref="WarmConnection{T}"/> probes and resets its connections.</summary>
/// <typeparam name="T">The provider's connection type.</typeparam>
public sealed class WarmConnectionOptions<T> : ConnectionLeaseOptions
    where T : DbConnection
{
    /// <summary>The name in logs, metrics and errors.</summary>
    /// <value>Default: null, which means the name of the connection type.</value>
    public string? Name { get; set; }

    /// <summary>
    /// Probes an idle connection: if it throws, or doesn't end in time, the connection is replaced. Make it cheap. It gets no cancellation
    /// token, since a cancelled command leaves a connection half-used.
    /// </summary>
    /// <value>Default: null, which executes <see cref="ProbeCommandText"/>.</value>
    public Func<T, Task>? Probe { get; set; }

    /// <summary>The command that probes. Use the cheapest one that the server answers.</summary>
    /// <value>Default: <c>SELECT 1</c>.</value>
    public string ProbeCommandText { get; set; } = "SELECT 1";

    /// <summary>
    /// Resets a connection's session to what it was after opening, before the connection is leased again. It is a round trip, so it
    /// replaces the probe.
    /// </summary>
    /// <value>Default: null. The next lease sees what the previous one left in the session.</value>
    /// <remarks>
    /// PostgreSQL: execute <c>DISCARD ALL</c>. MySQL and MariaDB have no such statement: reset what the function itself sets, or call the
    /// provider's own public method, if it has one. <c>Connection Reset</c> in their connection strings works in the provider's pool alone.
    /// </remarks>
    public Func<T, Task>? Reset { get; set; }

    internal WarmConnectionOptions<T> Validated()
    {
        const string type = "WarmConnectionOptions";
        this.Validate(type);
        Guard.Require(
            !string.IsNullOrWhiteSpace(ProbeCommandText), "empty", type, nameof(ProbeCommandText),
            "it must be a command that the server answers, such as SELECT 1.");
        return (WarmConnectionOptions<T>)MemberwiseClone();
    }
}

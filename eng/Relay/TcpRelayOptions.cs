namespace WarmContext.Relay;

/// <summary>How far away a <see cref="TcpRelay"/> makes its server, and who passes the bytes on.</summary>
public sealed record TcpRelayOptions
{
    /// <summary>How long a byte and its answer take together. Opening a connection takes as long.</summary>
    /// <value>Default: 0.</value>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The most bytes a second that one connection carries towards the client.</summary>
    /// <value>Default: null, no limit.</value>
    public double? BytesPerSecondPerConnection { get; init; }

    /// <summary>The port on loopback to listen on.</summary>
    /// <value>Default: 0, any free port.</value>
    public int Port { get; init; }

    /// <summary>Sees what a client has sent before it goes on to the server.</summary>
    /// <value>Default: null, nobody.</value>
    public Action<RelayedConnection, ReadOnlyMemory<byte>>? ClientSent { get; init; }

    /// <summary>
    /// Passes the bytes of a connection on in place of the relay, for layers that know the protocol. The connection is closed when the task
    /// ends. Round trip and rate don't apply then.
    /// </summary>
    /// <value>Default: null, the relay does.</value>
    public Func<RelayedConnection, CancellationToken, Task>? Serve { get; init; }

    internal TcpRelayOptions Validated() => this switch
    {
        { RoundTrip: var trip } when trip < TimeSpan.Zero || trip > TimeSpan.FromSeconds(10) => throw new ArgumentOutOfRangeException(
            nameof(RoundTrip), trip, $"{nameof(TcpRelayOptions)}.{nameof(RoundTrip)} is {trip}; it must be 0 to 10 s."),
        { BytesPerSecondPerConnection: <= 0 } => throw new ArgumentOutOfRangeException(
            nameof(BytesPerSecondPerConnection), BytesPerSecondPerConnection,
            $"{nameof(TcpRelayOptions)}.{nameof(BytesPerSecondPerConnection)} must be more than 0, or null for no limit."),
        _ => this,
    };
}

namespace WarmContext.Network;

/// <summary>How far away a <see cref="NetworkRelay"/> makes its server.</summary>
public sealed record NetworkRelayOptions
{
    /// <summary>How long a byte and its answer take together. Opening a connection takes as long. <value>Default: 0.</value></summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The most bytes a second that one connection carries towards the client. <value>Default: null, no limit.</value></summary>
    public double? BytesPerSecondPerConnection { get; init; }

    internal NetworkRelayOptions Validated() => this switch
    {
        { RoundTrip: var trip } when trip < TimeSpan.Zero || trip > TimeSpan.FromSeconds(10) =>
            throw new ArgumentOutOfRangeException(nameof(RoundTrip), trip, $"{nameof(NetworkRelayOptions)}.{nameof(RoundTrip)} is {trip}; it must be 0 to 10 s."),
        { BytesPerSecondPerConnection: <= 0 } =>
            throw new ArgumentOutOfRangeException(nameof(BytesPerSecondPerConnection), BytesPerSecondPerConnection, $"{nameof(NetworkRelayOptions)}.{nameof(BytesPerSecondPerConnection)} must be more than 0, or null for no limit."),
        _ => this,
    };
}

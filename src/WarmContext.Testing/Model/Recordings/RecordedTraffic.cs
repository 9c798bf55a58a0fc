namespace WarmContext.Testing;

/// <summary>What went over TCP between a function and one remote address. The Runtime API is left out.</summary>
public sealed class RecordedTraffic
{
    /// <summary>The remote address and port, like 10.0.0.5:5432 or [fd00::5]:443.</summary>
    public required string RemoteAddress { get; init; }

    /// <summary>How many connections to the address were opened.</summary>
    public int ConnectionsOpened { get; init; }

    /// <summary>How many bytes came from the address.</summary>
    public long BytesReceived { get; init; }

    /// <summary>How many bytes went to the address.</summary>
    public long BytesSent { get; init; }

    /// <summary>How many connections to the address had ended when the function was thawed, and were used all the same.</summary>
    public int DeadConnectionsUsed { get; init; }
}

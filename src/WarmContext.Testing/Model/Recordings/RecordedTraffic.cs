namespace WarmContext.Testing;

/// <summary>What went over TCP between a function and one remote address. The Runtime API is left out.</summary>
/// <param name="RemoteAddress">The remote address and port, like 10.0.0.5:5432 or [fd00::5]:443.</param>
/// <param name="ConnectionsOpened">How many connections to it were opened.</param>
/// <param name="BytesReceived">How many bytes came from it.</param>
/// <param name="BytesSent">How many bytes went to it.</param>
/// <param name="DeadConnectionsUsed">How many connections to it had ended when the function was thawed, and were used all the same.</param>
public sealed record RecordedTraffic(string RemoteAddress, int ConnectionsOpened, long BytesReceived, long BytesSent, int DeadConnectionsUsed);

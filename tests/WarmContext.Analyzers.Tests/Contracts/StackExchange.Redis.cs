// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
namespace StackExchange.Redis;

public interface IDatabase
{
    Task<string> StringGetAsync(string key);
}

public interface IConnectionMultiplexer : IDisposable
{
    IDatabase GetDatabase(int db = -1);
}

public sealed class ConnectionMultiplexer : IConnectionMultiplexer
{
    public static ConnectionMultiplexer Connect(string configuration) => throw null;

    public static Task<ConnectionMultiplexer> ConnectAsync(string configuration) => throw null;

    public IDatabase GetDatabase(int db = -1) => throw null;

    public void Dispose() => throw null;
}

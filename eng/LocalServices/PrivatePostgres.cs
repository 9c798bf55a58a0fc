using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.LocalServices;

/// <summary>
/// A PostgreSQL server of one's own, for tests that restart or stop it: the same script with a temporary directory and a free port. It starts in about two
/// seconds, and is stopped and deleted with <see cref="DisposeAsync"/>.
/// </summary>
/// <remarks>It needs PostgreSQL's programs on this machine: WARMCONTEXT_POSTGRES names a shared server, which isn't ours to restart.</remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;

    private PrivatePostgres(string directory, int port)
    {
        DataDirectory = directory;
        _environment = new(StringComparer.Ordinal)
        {
            ["WARMCONTEXT_SERVICES_DIR"] = directory,
            [ServiceDefaults.PostgresPortVariable] = port.ToString(CultureInfo.InvariantCulture),
        };
        ConnectionString = ServiceDefaults.ConnectionString(port);
    }

    /// <summary>Connects as a superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Where the server keeps everything.</summary>
    public string DataDirectory { get; }

    /// <summary>The id of the server's main process.</summary>
    /// <exception cref="InvalidOperationException">The server does not run.</exception>
    public int ProcessId
    {
        get
        {
            string file = Path.Combine(DataDirectory, "postgres", "data", "postmaster.pid");
            return File.Exists(file)
                ? int.Parse(File.ReadLines(file).First(), NumberStyles.None, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException("The server does not run.");
        }
    }

    /// <summary>Starts a server.</summary>
    /// <exception cref="LocalServiceException">PostgreSQL cannot be started; the message says why.</exception>
    public static async Task<PrivatePostgres> StartAsync(CancellationToken cancellationToken = default)
    {
        var server = new PrivatePostgres(Path.Combine("/tmp", $"warmcontext-private-{Guid.NewGuid():N}"), LoopbackPort.Free());
        try
        {
            await server.UpAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Restarts the server: every connection breaks, the data stays.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) => RunAsync(["restart", "postgres"], cancellationToken);

    /// <summary>Stops the server. <see cref="UpAsync"/> starts it again, with its data and on its port.</summary>
    public Task DownAsync(CancellationToken cancellationToken = default) => RunAsync(["down", "postgres"], cancellationToken);

    /// <summary>Starts the server unless it runs.</summary>
    public Task UpAsync(CancellationToken cancellationToken = default) => RunAsync(["up", "postgres"], cancellationToken);

    /// <summary>Stops the server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await DownAsync(CancellationToken.None).ConfigureAwait(false);
        if (Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken) => ServicesScript.RunAsync(arguments, _environment, cancellationToken);
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace WarmContext.LocalServices;

/// <summary>A PgBouncer of one's own in front of a <see cref="PrivatePostgres"/>, with TLS on both sides and SCRAM.</summary>
public sealed class PrivatePgBouncer : IAsyncDisposable
{
    private readonly PrivatePostgres _cluster;
    private readonly string _directory = ScratchDirectory.Unused("warmcontext-pgbouncer-");
    private Process? _process;

    private PrivatePgBouncer(PrivatePostgres cluster) => _cluster = cluster;

    /// <summary>The port on loopback.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>Connects as the cluster's superuser through PgBouncer.</summary>
    public string ConnectionString => _cluster.For(Port);

    /// <summary>Starts a PgBouncer.</summary>
    /// <param name="cluster">The server behind it.</param>
    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    /// <param name="poolSize">How many server connections it opens at most.</param>
    /// <exception cref="LocalServiceException">PgBouncer isn't installed and can't be, or doesn't start; the message says why.</exception>
    public static async Task<PrivatePgBouncer> StartAsync(PrivatePostgres cluster, string mode, int poolSize = 5)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        await LocalPrograms.InstallAsync("pgbouncer").ConfigureAwait(false);
        var bouncer = new PrivatePgBouncer(cluster);
        bouncer.WriteConfiguration(mode, poolSize);
        await bouncer.StartAgainAsync().ConfigureAwait(false);
        return bouncer;
    }

    /// <summary>Starts it after <see cref="Kill"/>.</summary>
    public async Task StartAgainAsync()
    {
        var start = ClusterPrograms.Find().Start("pgbouncer", "-q", Path.Combine(_directory, "pgbouncer.ini"));
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        for (var attempt = 0; attempt < 600 && !_process.HasExited; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync("127.0.0.1", Port).ConfigureAwait(false);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }

        var log = Path.Combine(_directory, "log");
        throw new LocalServiceException(
            $"PgBouncer did not start: {(File.Exists(log) ? await File.ReadAllTextAsync(log).ConfigureAwait(false) : "no log")}");
    }

    /// <summary>Kills it: every client connection breaks.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _process?.Dispose();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }

        return ValueTask.CompletedTask;
    }

    private void WriteConfiguration(string mode, int poolSize)
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllText(Path.Combine(_directory, "users"), $"\"admin\" \"{_cluster.AdminPassword}\"\n");
        File.Copy(_cluster.CertificateFile, Path.Combine(_directory, "server.crt"));
        File.Copy(_cluster.CertificateKeyFile, Path.Combine(_directory, "server.key"));
        File.WriteAllText(Path.Combine(_directory, "pgbouncer.ini"), string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={_cluster.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {_directory}/users
            pool_mode = {mode}
            default_pool_size = {poolSize}
            max_client_conn = 100
            server_login_retry = 1
            client_tls_sslmode = require
            client_tls_cert_file = {_directory}/server.crt
            client_tls_key_file = {_directory}/server.key
            server_tls_sslmode = require
            logfile = {_directory}/log
            """));
        ClusterPrograms.GiveAway(_directory);
    }
}

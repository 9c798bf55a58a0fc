using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WarmContext.LocalServices;

/// <summary>
/// A PostgreSQL server of one's own, for tests that break it: on a free port and in a temporary directory, with SCRAM passwords and TLS, it
/// can be restarted, killed and reconfigured. Takes about two seconds to start; disposing it stops it and deletes its directory.
/// </summary>
/// <remarks>
/// It needs PostgreSQL's programs on this machine: WARMCONTEXT_POSTGRES names a shared server, which isn't ours to restart.
/// </remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string AdminUser = "admin";

    private readonly string _directory;
    private readonly ClusterPrograms _programs;
    private readonly EventHandler _onExit;

    private PrivatePostgres(string directory, ClusterPrograms programs, int port)
    {
        _directory = directory;
        _programs = programs;
        Port = port;
        _onExit = (_, _) => _programs.Run("pg_ctl", "-D", DataDirectory, "-m", "immediate", "stop");
    }

    /// <summary>The port on loopback.</summary>
    public int Port { get; }

    /// <summary>The superuser's password.</summary>
    public string AdminPassword { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));

    /// <summary>The PEM file with the server's self-signed certificate.</summary>
    public string CertificateFile => Path.Combine(_directory, "server.crt");

    internal string CertificateKeyFile => Path.Combine(_directory, "server.key");

    /// <summary>Connects as the superuser, over TLS with the certificate verified and SCRAM.</summary>
    public string ConnectionString => For(Port);

    /// <summary>Where the server keeps its data.</summary>
    public string DataDirectory => Path.Combine(_directory, "data");

    /// <summary>The id of the server's main process.</summary>
    /// <exception cref="InvalidOperationException">The server does not run.</exception>
    public int ProcessId
    {
        get
        {
            var file = Path.Combine(DataDirectory, "postmaster.pid");
            return File.Exists(file)
                ? int.Parse(File.ReadLines(file).First(), NumberStyles.None, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException("The server does not run.");
        }
    }

    /// <summary>Starts a server with PostgreSQL's default settings.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LocalServiceException">PostgreSQL isn't installed, or doesn't start; the message says why.</exception>
    public static Task<PrivatePostgres> StartAsync(CancellationToken cancellationToken = default) => StartAsync([], cancellationToken);

    /// <summary>Starts a server.</summary>
    /// <param name="settings">Lines for postgresql.conf, such as <c>max_connections=10</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LocalServiceException">PostgreSQL isn't installed, or doesn't start; the message says why.</exception>
    public static async Task<PrivatePostgres> StartAsync(string[] settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await LocalPrograms.InstallAsync("postgres", cancellationToken).ConfigureAwait(false);
        var server = new PrivatePostgres(ScratchDirectory.Unused("warmcontext-private-"), ClusterPrograms.Find(), LoopbackPort.Free());
        try
        {
            await Task.Run(() => server.Create(settings), cancellationToken).ConfigureAwait(false);
            await server.UpAsync(cancellationToken).ConfigureAwait(false);
            AppDomain.CurrentDomain.ProcessExit += server._onExit;
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A connection string to this server through another port, such as that of a proxy in front of it.</summary>
    public string For(int port, string? user = null, string? password = null, string database = "postgres") => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={port};Database={database};Username={user ?? AdminUser};Password={password ?? AdminPassword};"
            + $"SSL Mode=VerifyCA;Root Certificate={CertificateFile};GSS Encryption Mode=Disable");

    /// <summary>Restarts the server: every connection is closed, and for a moment new ones are refused.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) => Task.Run(
        () => Require(_programs.Run("pg_ctl", "-D", DataDirectory, "-m", "fast", "-w", "-l", LogFile, "restart")), cancellationToken);

    /// <summary>Stops the server. <see cref="UpAsync"/> starts it again, with its data and on its port.</summary>
    public Task DownAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => Require(_programs.Run("pg_ctl", "-D", DataDirectory, "-m", "fast", "-w", "stop")), cancellationToken);

    /// <summary>Starts the server after <see cref="DownAsync"/> or <see cref="Kill"/>.</summary>
    public async Task UpAsync(CancellationToken cancellationToken = default)
    {
        // After a kill the backends need a moment to notice that their parent is gone; until then the memory they share is in use.
        for (var attempt = 1; ; attempt++)
        {
            var started = await Task.Run(Start, cancellationToken).ConfigureAwait(false);
            if (started.ExitCode == 0)
            {
                return;
            }

            if (attempt == 20)
            {
                Require(started);
            }

            await Task.Delay(100, cancellationToken).ConfigureAwait(false);
        }

        (int ExitCode, string Output) Start() => _programs.Run("pg_ctl", "-D", DataDirectory, "-w", "-l", LogFile, "start");
    }

    /// <summary>
    /// Starts the stopped server so that it stays in its start-up ("the database system is starting up", 57P03) until
    /// <see cref="EndStartUp"/>: it is to recover from an archive that doesn't answer.
    /// </summary>
    public Task BeginStartUpAsync() => Task.Run(() =>
    {
        Append([$"restore_command='while [ -d {DataDirectory} -a ! -e {StartUpFile} ]; do sleep 0.05; done; false'"]);
        File.WriteAllText(Path.Combine(DataDirectory, "recovery.signal"), string.Empty);
        ClusterPrograms.GiveAway(DataDirectory);
        Require(_programs.Run("pg_ctl", "-D", DataDirectory, "-W", "-l", LogFile, "start"));
    });

    /// <summary>Lets the server get on with its start-up.</summary>
    public void EndStartUp() => File.WriteAllText(StartUpFile, string.Empty);

    /// <summary>Kills the server process with SIGKILL, as the kernel does when memory runs out.</summary>
    public void Kill()
    {
        var pid = ProcessId.ToString(CultureInfo.InvariantCulture);
        var backends = ChildrenOf(pid);
        using (var server = Process.GetProcessById(ProcessId))
        {
            server.Kill();
        }

        // Backends outlive their parent for a moment, and answer in it: the server is gone when they are.
        for (var attempt = 0; attempt < 1000 && backends.Exists(static backend => StatusOf(backend) is { State: not "Z" }); attempt++)
        {
            Thread.Sleep(10);
        }
    }

    private static List<string> ChildrenOf(string parent) => Directory.EnumerateDirectories("/proc")
        .Select(static path => Path.GetFileName(path))
        .Where(name => char.IsAsciiDigit(name[0]) && StatusOf(name)?.Parent == parent)
        .ToList();

    private static (string State, string Parent)? StatusOf(string pid)
    {
        try
        {
            // "pid (name) state parent ...", and the name may hold anything.
            var status = File.ReadAllText($"/proc/{pid}/stat");
            var words = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            return (words[0], words[1]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Adds lines to postgresql.conf and has the server read them. Some take effect at <see cref="RestartAsync"/> only.</summary>
    public Task ConfigureAsync(params string[] settings) => Task.Run(() =>
    {
        Append(settings);
        Require(_programs.Run("pg_ctl", "-D", DataDirectory, "reload"));
    });

    /// <summary>What the server has logged so far.</summary>
    public async Task<string> ReadLogAsync()
    {
        using var stream = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        await Task.Run(() =>
        {
            _programs.Run("pg_ctl", "-D", DataDirectory, "-m", "immediate", "-w", "stop");
            if (Directory.Exists(_directory))
            {
                Directory.Delete(_directory, recursive: true);
            }
        }).ConfigureAwait(false);
    }

    private string StartUpFile => Path.Combine(_directory, "start-up-ends");

    private string LogFile => Path.Combine(_directory, "log");

    private void Create(string[] settings)
    {
        Directory.CreateDirectory(_directory);
        var passwordFile = Path.Combine(_directory, "password");
        File.WriteAllText(passwordFile, AdminPassword);
        WriteCertificate();
        ClusterPrograms.GiveAway(_directory);
        Require(_programs.Run(
            "initdb", "-D", DataDirectory, "-U", AdminUser, "-A", "scram-sha-256",
            "--pwfile", passwordFile, "--no-sync", "-E", "UTF8", "--locale=C"));
        Append([
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            "listen_addresses='127.0.0.1'",
            $"unix_socket_directories='{_directory}'",
            "fsync=off",
            "max_connections=60",
            "ssl=on",
            $"ssl_cert_file='{CertificateFile}'",
            $"ssl_key_file='{CertificateKeyFile}'",
            .. settings,
        ]);
    }

    private void Append(IEnumerable<string> settings) => File.AppendAllLines(Path.Combine(DataDirectory, "postgresql.conf"), settings);

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(CertificateKeyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            // The server refuses a key that others can read.
            File.SetUnixFileMode(CertificateKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private void Require((int ExitCode, string Output) result)
    {
        if (result.ExitCode != 0)
        {
            var log = File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(20)) : string.Empty;
            throw new LocalServiceException($"A private PostgreSQL server in {_directory} can't be run: {result.Output}\n{log}");
        }
    }
}

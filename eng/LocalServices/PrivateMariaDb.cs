using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace WarmContext.LocalServices;

/// <summary>
/// A MariaDB server of one's own, for tests that break it: on a free port and in a temporary directory, it can be restarted and killed.
/// Takes about three seconds to start; disposing it stops it and deletes its directory.
/// </summary>
public sealed class PrivateMariaDb : IAsyncDisposable
{
    private const string Server = "/usr/sbin/mariadbd";

    private readonly string _directory = ScratchDirectory.Unused("warmcontext-mariadb-");
    private readonly EventHandler _onExit;
    private Process? _process;

    private PrivateMariaDb() => _onExit = (_, _) => Kill();

    /// <summary>The port on loopback.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>The password of the user <c>admin</c>, who may do everything.</summary>
    public string AdminPassword { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));

    private string SettingsFile => Path.Combine(_directory, "my.cnf");

    private string LogFile => Path.Combine(_directory, "data", "log");

    // Neither the server nor what creates its tables is to run as root.
    private static string[] AsUser => Environment.UserName == "root" ? ["--user=nobody"] : [];

    /// <summary>Starts a server.</summary>
    /// <exception cref="LocalServiceException">MariaDB isn't installed and can't be, or doesn't start; the message says why.</exception>
    public static async Task<PrivateMariaDb> StartAsync()
    {
        await LocalPrograms.InstallAsync("mariadb").ConfigureAwait(false);
        var server = new PrivateMariaDb();
        try
        {
            await server.CreateAsync().ConfigureAwait(false);
            AppDomain.CurrentDomain.ProcessExit += server._onExit;
            await server.UpAsync().ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts the server after <see cref="Kill"/>, with its data and on its port.</summary>
    public async Task UpAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Server, [$"--defaults-file={SettingsFile}", .. AsUser]) { WorkingDirectory = "/" })!;
        for (var attempt = 0; attempt < 600 && !_process.HasExited; attempt++)
        {
            if (await AnswersAsync().ConfigureAwait(false))
            {
                return;
            }

            await Task.Delay(50).ConfigureAwait(false);
        }

        throw Failure("mariadbd");
    }

    /// <summary>Kills the server process with SIGKILL: every connection breaks, and new ones are refused.</summary>
    public void Kill()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>Kills the server and starts it again.</summary>
    public Task RestartAsync()
    {
        Kill();
        return UpAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        Kill();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }

        return ValueTask.CompletedTask;
    }

    private async Task CreateAsync()
    {
        var data = Path.Combine(_directory, "data");
        Directory.CreateDirectory(data);
        var users = Path.Combine(_directory, "users.sql");

        // Read at every start, one statement a line.
        await File.WriteAllLinesAsync(users, [
            $"CREATE USER IF NOT EXISTS 'admin'@'127.0.0.1' IDENTIFIED BY '{AdminPassword}';",
            "GRANT ALL ON *.* TO 'admin'@'127.0.0.1' WITH GRANT OPTION;",
        ]).ConfigureAwait(false);
        await File.WriteAllTextAsync(SettingsFile, string.Create(CultureInfo.InvariantCulture, $"""
            [mysqld]
            datadir={data}
            port={Port}
            bind-address=127.0.0.1
            socket={data}/socket
            pid-file={data}/pid
            log-error={LogFile}
            init-file={users}
            skip-name-resolve
            innodb-flush-log-at-trx-commit=0
            innodb-log-file-size=4M
            innodb-buffer-pool-size=16M

            """)).ConfigureAwait(false);
        using var install = Process.Start(new ProcessStartInfo(
            "mariadb-install-db",
            [$"--defaults-file={SettingsFile}", "--auth-root-authentication-method=normal", "--skip-test-db", .. AsUser])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = install.StandardOutput.ReadToEndAsync();
        var errors = install.StandardError.ReadToEndAsync();
        await install.WaitForExitAsync().ConfigureAwait(false);
        if (install.ExitCode != 0)
        {
            throw Failure($"mariadb-install-db ({await output.ConfigureAwait(false)}{await errors.ConfigureAwait(false)})");
        }
    }

    // A server that accepts and is ready sends a greeting unasked.
    private async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", Port).ConfigureAwait(false);
            return await socket.ReceiveAsync(new byte[16]).ConfigureAwait(false) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private LocalServiceException Failure(string program)
    {
        var log = File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(20)) : string.Empty;
        return new($"A private MariaDB server in {_directory} can't be run: {program} failed.\n{log}");
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.LocalServices.Tests;

/// <summary>eng/services itself, with a directory and ports of its own.</summary>
public sealed class ServicesScriptTests : IAsyncLifetime
{
    private const string DirectoryVariable = "WARMCONTEXT_SERVICES_DIR";
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal)
    {
        [DirectoryVariable] = $"/tmp/warmcontext-test-{Guid.NewGuid():N}",
        [ServiceDefaults.PostgresPortVariable] = LoopbackPort.Free().ToString(CultureInfo.InvariantCulture),
        [ServiceDefaults.S3PortVariable] = FreePair().ToString(CultureInfo.InvariantCulture),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await RunAsync("down");
        if (Directory.Exists(_settings[DirectoryVariable]))
        {
            Directory.Delete(_settings[DirectoryVariable], recursive: true);
        }
    }

    [Fact]
    public async Task Both_services_come_up_however_many_ask_and_go_down()
    {
        await AssertFailsAsync("PostgreSQL is not running", "status");
        string[] outputs = await Task.WhenAll(RunAsync("up"), RunAsync("up"), RunAsync("up"));

        Assert.Single(outputs, output => output.Contains("starting PostgreSQL", StringComparison.Ordinal));
        Assert.Single(outputs, output => output.Contains("starting the Ceph Object Gateway", StringComparison.Ordinal));
        string status = await RunAsync("status");
        Assert.Contains("PostgreSQL 1", status, StringComparison.Ordinal);
        Assert.Contains("the Ceph Object Gateway answers", status, StringComparison.Ordinal);
        Assert.DoesNotContain("starting", await RunAsync("up"), StringComparison.Ordinal);

        Assert.Contains("PostgreSQL stopped", await RunAsync("down"), StringComparison.Ordinal);
        await AssertFailsAsync("the S3 gateway is not running", "status");
        await RunAsync("down");
    }

    [Fact]
    public async Task A_gateway_whose_storage_died_is_built_anew()
    {
        await RunAsync("up", "s3");
        string pid = await File.ReadAllTextAsync(Path.Combine(_settings[DirectoryVariable], "s3", "run", "osd.0.pid"));
        using (var storage = System.Diagnostics.Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture)))
        {
            storage.Kill();
            await storage.WaitForExitAsync();
        }

        Assert.Contains("starting the Ceph Object Gateway", await RunAsync("up", "s3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_its_variable()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        _settings[ServiceDefaults.PostgresPortVariable] = port;
        await AssertFailsAsync(
            $"port {port}, wanted for PostgreSQL, is taken by another program; stop it, or set WARMCONTEXT_POSTGRES_PORT",
            "up", "postgres");
    }

    [Theory]
    [InlineData(ServiceDefaults.PostgresPortVariable, "99999", "WARMCONTEXT_POSTGRES_PORT is '99999'; it must be a port number")]
    [InlineData(ServiceDefaults.S3PortVariable, "http", "WARMCONTEXT_S3_PORT is 'http'; it must be a port number")]
    [InlineData(DirectoryVariable, "here", "WARMCONTEXT_SERVICES_DIR is 'here'; it must be an absolute path")]
    public async Task A_wrong_setting_is_named(string variable, string value, string message)
    {
        string before = _settings[variable];
        _settings[variable] = value;
        await AssertFailsAsync(message, "up");
        _settings[variable] = before;
    }

    [Fact]
    public async Task A_directory_with_files_that_are_not_ours_is_named()
    {
        string own = _settings[DirectoryVariable];
        DirectoryInfo other = Directory.CreateTempSubdirectory("warmcontext-other-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(other.FullName, "precious"), "x");
            _settings[DirectoryVariable] = other.FullName;
            await AssertFailsAsync($"{other.FullName} holds files that are not ours", "up");
        }
        finally
        {
            _settings[DirectoryVariable] = own;
            other.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_wrong_command_is_named()
    {
        await AssertFailsAsync("there is no command 'start'", "start");
        await AssertFailsAsync("there is no service 'mysql'", "up", "mysql");
        await AssertFailsAsync("there is no PostgreSQL of ours to restart", "restart", "postgres");
    }

    [Fact]
    public async Task The_script_and_the_classes_agree_on_addresses_and_credentials()
    {
        using var variables = new Variables((ServiceDefaults.PostgresPortVariable, null), (ServiceDefaults.S3PortVariable, null));

        string env = await ServicesScript.RunAsync(["env"], CancellationToken.None);

        Assert.Contains(
            $"export {LocalPostgres.Variable}='{ServiceDefaults.ConnectionString(ServiceDefaults.PostgresPort)}'",
            env,
            StringComparison.Ordinal);
        Assert.Contains($"export {LocalS3.EndpointVariable}='http://127.0.0.1:{ServiceDefaults.S3Port}'", env, StringComparison.Ordinal);
        Assert.Contains($"export {LocalS3.AccessKeyVariable}='{ServiceDefaults.S3AccessKey}'", env, StringComparison.Ordinal);
        Assert.Contains($"export {LocalS3.SecretKeyVariable}='{ServiceDefaults.S3SecretKey}'", env, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variables_shown_in_the_compose_file_are_those_of_the_script()
    {
        using var variables = new Variables((ServiceDefaults.PostgresPortVariable, null), (ServiceDefaults.S3PortVariable, null));
        string compose = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "compose.yaml"));

        string env = await ServicesScript.RunAsync(["env"], CancellationToken.None);

        Assert.All(
            env.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Contains($"#   {line}\n", compose, StringComparison.Ordinal));
    }

    // The gateway's port and the one after it, away from where single free ports are looked for.
    private static int FreePair()
    {
        while (true)
        {
            int port = Random.Shared.Next(26_000, 28_999);
            try
            {
                using var first = new TcpListener(IPAddress.Loopback, port);
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                first.Start();
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }

    private Task<string> RunAsync(params string[] arguments) => ServicesScript.RunAsync(arguments, _settings, CancellationToken.None);

    private async Task AssertFailsAsync(string message, params string[] arguments)
    {
        LocalServiceException exception = await Assert.ThrowsAsync<LocalServiceException>(() => RunAsync(arguments));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}

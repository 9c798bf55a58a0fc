using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Report.Model;

namespace WarmContext.Report.Running;

/// <summary>Finds out where the run takes place.</summary>
internal static class EnvironmentProbe
{
    public static async Task<RunEnvironment> ReadAsync(string command, bool quick, CancellationToken cancellationToken)
    {
        var repository = RepositoryRoot.Find();
        return new RunEnvironment
        {
            Date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            Command = command,
            Quick = quick,
            Commit = await CommitAsync(repository, cancellationToken),
            Processor = Processor(),
            Cores = Environment.ProcessorCount,
            MemoryGigabytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9),
            OperatingSystem = $"{SystemName()}, kernel {Environment.OSVersion.Version}, "
                + $"{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
            Runtime = $"{RuntimeInformation.FrameworkDescription}, workstation garbage collector, tiered compilation as by default",
            Versions = await VersionsAsync(repository, cancellationToken),
        };
    }

    private static async Task<string> CommitAsync(string repository, CancellationToken cancellationToken)
    {
        try
        {
            var head = await ChildProcess.RunAsync("git", ["rev-parse", "--short=12", "HEAD"], repository, null, cancellationToken);
            var commit = head.Trim();
            var changed = await ChildProcess.RunAsync(
                "git", ["status", "--porcelain", "--", ".", ":!benchmarks/results"], repository, null, cancellationToken);
            return changed.Length == 0 ? commit : commit + " with local changes";
        }
        catch (Exception e) when (e is ReportException or System.ComponentModel.Win32Exception)
        {
            return "unknown (not a git checkout)";
        }
    }

    private static string Processor() => OperatingSystem.IsLinux() && LineOf("/proc/cpuinfo", "model name") is { } line
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string SystemName() => File.Exists("/etc/os-release") && LineOf("/etc/os-release", "PRETTY_NAME=") is { } line
        ? line["PRETTY_NAME=".Length..].Trim('"')
        : RuntimeInformation.OSDescription;

    private static string? LineOf(string file, string start) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));

    private static async Task<IReadOnlyDictionary<string, string>> VersionsAsync(string repository, CancellationToken cancellationToken)
    {
        var versions = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["WarmContext"] = Version(typeof(ExecutionEnvironment)),
            ["Npgsql"] = Version(typeof(NpgsqlConnection)),
            ["AWSSDK.S3"] = FileVersion(typeof(Amazon.S3.AmazonS3Client)),
            ["BenchmarkDotNet"] = Central(repository, "BenchmarkDotNet"),
        };
        await using var source = NpgsqlDataSource.Create((await LocalPostgres.GetAsync(cancellationToken)).ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        versions["PostgreSQL"] = connection.ServerVersion.Split(' ')[0];
        versions["S3 server"] = await CephAsync(repository, cancellationToken);
        return versions;
    }

    private static async Task<string> CephAsync(string repository, CancellationToken cancellationToken)
    {
        await LocalS3.GetAsync(cancellationToken);
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(LocalS3.EndpointVariable)))
        {
            return "one of the user's";
        }

        try
        {
            // "ceph version 16.2.15 (…) pacific (stable)"
            var words = (await ChildProcess.RunAsync("radosgw", ["--version"], repository, null, cancellationToken)).Split(' ');
            return $"Ceph {words[2]}";
        }
        catch (Exception e) when (e is ReportException or System.ComponentModel.Win32Exception or IndexOutOfRangeException)
        {
            return "Ceph";
        }
    }

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? type.Assembly.GetName().Version!.ToString();

    // Its assembly's version is the same for all of a major version.
    private static string FileVersion(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? Version(type);

    private static string Central(string repository, string package)
    {
        var line = File.ReadLines(Path.Combine(repository, "Directory.Packages.props"))
            .First(line => line.Contains($"\"{package}\"", StringComparison.Ordinal));
        return line.Split("Version=\"")[1].Split('"')[0];
    }
}

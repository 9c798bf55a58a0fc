using System.Xml.Linq;

namespace WarmContext.LocalServices.Tests;

/// <summary>eng/services install, with stand-ins for the programs it asks for and for apt-get.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("warmcontext-programs-");

    public void Dispose() => _programs.Delete(recursive: true);

    [Fact]
    public async Task What_is_missing_is_named_at_once_with_the_remedy_where_it_cannot_be_installed()
    {
        // All that the script itself needs, and no apt-get.
        foreach (string name in (string[])["awk", "dirname", "id", "tail"])
        {
            File.CreateSymbolicLink(Path.Combine(_programs.FullName, name), Path.Combine("/usr/bin", name));
        }

        LocalServiceException exception = await Assert.ThrowsAsync<LocalServiceException>(() =>
            RunAsync(_programs.FullName, "install", "aws-cli", "curl"));

        Assert.Contains(
            "not installed: the AWS CLI, curl. Installing takes root and apt-get.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("sudo eng/services install aws-cli curl\n", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("sudo apt-get install --no-install-recommends awscli curl", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_there_but_does_not_work_is_installed()
    {
        // As a version manager's stand-in for a program that it doesn't have.
        Write("aws", "exit 127");
        Write("apt-get", $"""
            [ "$1" = install ] || exit 0
            echo "$@" >>'{_programs.FullName}/asked'
            printf '#!/bin/sh\necho aws-cli\n' >'{_programs.FullName}/aws'
            """);
        string path = $"{_programs.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        if (!Environment.IsPrivilegedProcess)
        {
            LocalServiceException exception = await Assert.ThrowsAsync<LocalServiceException>(() => RunAsync(path, "install", "aws-cli"));
            Assert.Contains("not installed: the AWS CLI.", exception.Message, StringComparison.Ordinal);
            return;
        }

        string[] outputs = await Task.WhenAll(RunAsync(path, "install", "aws-cli"), RunAsync(path, "install", "aws-cli"));

        Assert.Single(outputs, static output => output.Contains("installing the AWS CLI", StringComparison.Ordinal));
        var asked = await File.ReadAllLinesAsync(Path.Combine(_programs.FullName, "asked"));
        Assert.EndsWith(" awscli", Assert.Single(asked), StringComparison.Ordinal);
        Assert.Empty(await RunAsync(path, "install", "aws-cli"));
    }

    [Fact]
    public async Task A_name_that_means_nothing_is_refused_with_those_that_do()
    {
        LocalServiceException exception = await Assert.ThrowsAsync<LocalServiceException>(static () =>
            LocalPrograms.InstallAsync("netscape"));

        Assert.Contains(
            "there is nothing called 'netscape' to install; there are: tests, postgres, ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_test_command_has_installed_is_what_the_test_projects_name()
    {
        string root = RepositoryRoot.Find();
        string[] all = File.ReadLines(Path.Combine(root, "eng", "services.d", "parts.sh"))
            .Single(static line => line.StartsWith("test_parts=(", StringComparison.Ordinal))[12..^1].Split(' ');
        IEnumerable<string> named = Directory.GetFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
            .SelectMany(static project => XDocument.Load(project).Descendants("TestProgram"))
            .SelectMany(static item => item.Attribute("Include")!.Value.Split(';'));

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(all));
    }

    private static Task<string> RunAsync(string path, params string[] arguments) =>
        ServicesScript.RunAsync(
            arguments, new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = path }, CancellationToken.None);

    private void Write(string name, string script)
    {
        string path = Path.Combine(_programs.FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

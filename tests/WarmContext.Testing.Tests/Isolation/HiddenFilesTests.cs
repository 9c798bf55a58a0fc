using WarmContext.Testing.Isolation;
using WarmContext.Testing.Processes;
using WarmContext.TestSupport;

namespace WarmContext.Testing;

/// <summary>Files in this machine's /tmp that a function with a /tmp of its own is told to read.</summary>
public sealed class HiddenFilesTests : IDisposable
{
    private readonly DirectoryInfo _here = Directory.CreateDirectory("/tmp/warmcontext-hidden-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => _here.Delete(recursive: true);

    [Theory]
    [InlineData("/tmp/a/root.crt", "/tmp/a/root.crt")]
    [InlineData("Host=db;Root Certificate=/tmp/a/root.crt;SSL Mode=VerifyFull", "/tmp/a/root.crt")]
    [InlineData("file:///tmp/a.json", "/tmp/a.json")]
    [InlineData("""{"cache":"/tmp/a b"}""", "/tmp/a")]
    [InlineData("/usr/lib:/tmp/lib/:/tmp/b", "/tmp/lib", "/tmp/b")]
    [InlineData("--config=/tmp/a,/tmp/a.b-c_d", "/tmp/a", "/tmp/a.b-c_d")]
    [InlineData("/var/tmp/a")]
    [InlineData("/tmp")]
    [InlineData("/tmp/")]
    [InlineData("postgres://db/tmp/a")]
    [InlineData("")]
    public void Every_path_below_tmp_is_seen_alone_or_among_other_things(string value, params string[] expected) =>
        Assert.Equal(expected, HiddenFiles.PathsIn(value));

    [Fact]
    public void Only_what_is_here_and_not_there_is_named()
    {
        var there = Directory.CreateTempSubdirectory("warmcontext-there-");
        try
        {
            File.WriteAllText(Path.Combine(_here.FullName, "here"), "x");
            var empty = _here.CreateSubdirectory("empty");
            File.WriteAllText(Path.Combine(_here.FullName, "both"), "x");
            File.WriteAllText(Path.Combine(there.CreateSubdirectory(_here.Name).FullName, "both"), "x");
            Dictionary<string, string> variables = new()
            {
                ["FILE"] = $"{_here}/here",
                ["DIRECTORY"] = $"{_here}",
                ["EMPTY"] = empty.FullName,
                ["BOTH"] = $"{_here}/both",
                ["MISSING"] = $"{_here}/missing",
                ["OTHER"] = "orders",
            };

            var sentence = Assert.Single(HiddenFiles.In(variables, new PrivateTmp(there.FullName, [])));

            Assert.StartsWith(
                $"The environment variable FILE names {_here}/here, which the function won't find", sentence, StringComparison.Ordinal);
            Directory.Delete(Path.Combine(there.FullName, _here.Name), recursive: true);
            Assert.Equal(
                ["FILE", "DIRECTORY", "BOTH"],
                HiddenFiles.In(variables, new PrivateTmp(there.FullName, [])).Select(static each => each.Split(' ')[3]));
            Assert.Empty(HiddenFiles.In(
                variables, new PrivateTmp(there.FullName, [new SharedDirectory(_here.FullName, isReadOnly: true)])));
        }
        finally
        {
            there.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_function_told_to_read_a_file_in_tmp_is_warned_of_at_the_start_and_in_its_failure()
    {
        var file = Path.Combine(_here.FullName, "settings.json");
        await File.WriteAllTextAsync(file, "settings");
        using var capture = new LogCapture();
        var options = TestFunction.Options("Lifecycle::ReadSettings");
        options.Environment["SETTINGS"] = file;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        var outcome = await lambda.InvokeAsync();

        if (lambda.ReadRecording().Limitations.Any(static sentence => sentence.StartsWith("/tmp itself", StringComparison.Ordinal)))
        {
            Assert.Equal("settings", outcome.ReadPayload<string>());
            Assert.DoesNotContain(capture.Entries, entry => entry.Message.Contains(file, StringComparison.Ordinal));
            return;
        }

        var exception = Assert.Throws<FunctionInvocationException>(outcome.EnsureSuccess);
        var warning = Assert.Single(capture.Entries, entry => entry.Message.Contains(file, StringComparison.Ordinal));
        Assert.Equal((WarmContextLogLevel.Warning, 502), (warning.Level, warning.EventId));
        Assert.Contains("SETTINGS", warning.Message, StringComparison.Ordinal);
        Assert.Contains("/var/tmp", warning.Message, StringComparison.Ordinal);
        Assert.EndsWith("--- " + warning.Message, exception.Message, StringComparison.Ordinal);

        // The remedy that the message names.
        options.ResourceLimits &= ~ResourceLimits.EphemeralStorage;
        await using var sharing = await LocalExecutionEnvironment.StartAsync(options);
        Assert.Equal("settings", (await sharing.InvokeAsync()).ReadPayload<string>());
        Assert.Single(capture.Entries, entry => entry.Message.Contains(file, StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_Init_names_it_too()
    {
        var error = new FunctionError { Kind = FunctionErrorKind.Reported, Type = "FileNotFoundException", Message = "no certificate" };

        var exception = new FunctionInitException("A::B::C", error, ["written"], ["The environment variable CERTIFICATE names /tmp/x."]);

        Assert.EndsWith(
            $"written{Environment.NewLine}--- The environment variable CERTIFICATE names /tmp/x.",
            exception.Message,
            StringComparison.Ordinal);
    }
}

using System.Globalization;

namespace WarmContext.Testing;

public class ResourceTests
{
    [Fact]
    public async Task A_function_past_its_memory_is_killed_where_that_can_be_enforced()
    {
        var options = TestFunction.Options("Appetite::AllocateMegabytes");
        options.MemoryMegabytes = 256;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        Assert.True((await lambda.InvokeAsync("50")).IsSuccess);
        if (IsEnforced(lambda, "The memory is not limited"))
        {
            var outcome = await lambda.InvokeAsync("300");
            Assert.Equal("Runtime exited with error: signal: killed", outcome.Error!.Message);
            Assert.True((await lambda.InvokeAsync("1")).IsSuccess);
        }
    }

    [Fact]
    public async Task The_ephemeral_storage_is_full_at_its_size_where_that_can_be_enforced()
    {
        var options = TestFunction.Options("Appetite::FillTmp");
        options.MemoryMegabytes = 1769;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        if (!IsEnforced(lambda, "The ephemeral storage is not limited"))
        {
            return;
        }

        var filled = (await lambda.InvokeJsonAsync(lambda.TemporaryDirectory)).ReadPayload<int>();

        Assert.InRange(filled, 480, 512);
        Assert.InRange(new FileInfo(Path.Combine(lambda.TemporaryDirectory, "fill")).Length, 480L << 20, 512L << 20);
    }

    [Fact]
    public async Task Tmp_itself_is_the_functions_own_where_that_can_be_had()
    {
        // From a directory outside of /tmp, which a function with a /tmp of its own could not see.
        using var directory = TestFunction.CopyTo("/var/tmp", TestFunction.DirectoryOf("TestFunctions"));
        var options = TestFunction.Options("Appetite::ListTmp");
        options.AssemblyDirectory = directory.FullName;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "mine"), "1");

        var seen = (await lambda.InvokeAsync()).ReadPayload<string[]>()!;

        if (IsEnforced(lambda, "/tmp itself is this machine's"))
        {
            Assert.Equal(["mine"], seen);
        }
        else
        {
            Assert.DoesNotContain("mine", seen);
        }
    }

    [Fact]
    public async Task A_function_built_below_tmp_finds_its_code_in_a_tmp_of_its_own_also_after_a_reset()
    {
        using var directory = TestFunction.CopyTo("/tmp", TestFunction.DirectoryOf("TestFunctions"));
        var options = TestFunction.Options("Appetite::ListTmp");
        options.AssemblyDirectory = directory.FullName;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        if (!IsEnforced(lambda, "/tmp itself is this machine's"))
        {
            return;
        }

        string[] code = [Path.GetFileName(directory.FullName)];
        Assert.Equal(code, (await lambda.InvokeAsync()).ReadPayload<string[]>());
        Directory.Delete(Path.Combine(lambda.TemporaryDirectory, code[0]));
        Processes.Signals.KillProcess(lambda.ProcessId!.Value);
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.Resets.Count == 1));
        Assert.Equal(code, (await lambda.InvokeAsync()).ReadPayload<string[]>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_function_built_below_tmp_cannot_change_its_code(bool isReachedByLink)
    {
        using var directory = TestFunction.CopyTo("/tmp", TestFunction.DirectoryOf("TestFunctions"));
        var link = Path.Combine("/var/tmp", "warmcontext-test-" + Guid.NewGuid().ToString("N"));
        Directory.CreateSymbolicLink(link, directory.FullName);
        try
        {
            var options = TestFunction.Options("Appetite::Touch");
            options.AssemblyDirectory = isReachedByLink ? link : directory.FullName;
            await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
            if (IsEnforced(lambda, "/tmp itself is this machine's"))
            {
                Assert.StartsWith(
                    "Read-only file system",
                    (await lambda.InvokeJsonAsync(Path.Combine(directory.FullName, "mine"))).ReadPayload<string>());
                Assert.StartsWith("Read-only file system", (await lambda.InvokeJsonAsync("mine")).ReadPayload<string>());
                Assert.Equal("written", (await lambda.InvokeJsonAsync("/tmp/mine")).ReadPayload<string>());
                Assert.True(File.Exists(Path.Combine(lambda.TemporaryDirectory, "mine")));
            }
        }
        finally
        {
            Directory.Delete(link);
        }
    }

    [Fact]
    public void A_function_whose_code_is_tmp_itself_keeps_the_machines_and_the_reason_is_said()
    {
        Assert.Null(Processes.PrivateTmp.TryMake("/var/tmp", ["/tmp"], out var problem));
        Assert.Equal("the function's code is /tmp itself and would be hidden", problem);
    }

    [Fact]
    public async Task Where_temporary_files_are_below_tmp_a_function_has_a_tmp_of_its_own_all_the_same()
    {
        var temporary = Directory.CreateTempSubdirectory("warmcontext-temporary-");
        try
        {
            using var runner = RunnerProcess.StartWith(
                $"TMPDIR={temporary.FullName}",
                TestFunction.DirectoryOf("TestFunctions"),
                TestFunction.Options("Appetite::TouchTemporary").Handler,
                "\"mine\"",
                "--wait");
            var (_, answer, storage) = await runner.ReadFrozenAsync();

            Assert.StartsWith(temporary.FullName, storage, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(storage, "mine")));
            Assert.Equal(Environment.IsPrivilegedProcess ? "true" : "false", answer);
            await runner.KillAsync("KILL");
            await runner.UntilNothingIsLeftAsync(storage);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task More_memory_than_buys_the_machines_cpus_is_said_once()
    {
        var options = TestFunction.Options("Lifecycle::Count");
        options.MemoryMegabytes = 10_240;
        options.ResourceLimits = ResourceLimits.Cpu;
        for (var i = 0; i < 2; i++)
        {
            await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

            Assert.Equal(
                Environment.ProcessorCount >= 6 && IsEnforced(lambda, "The CPU is not limited"),
                IsEnforced(lambda, "10240 MB buy 5.79 vCPUs; this machine has "));
        }
    }

    [Fact]
    public async Task A_user_that_is_permitted_nothing_is_told_so_once_and_functions_run_and_freeze_all_the_same()
    {
        // Where everybody may read it.
        using var directory = TestFunction.CopyTo(
            "/var/tmp", TestFunction.DirectoryOf("TestFunctions"), TestFunction.DirectoryOf("EnvironmentRunner"));
        using var runner = RunnerProcess.StartUnprivileged(
            directory.FullName, directory.FullName, "TestFunctions::TestFunctions.Lifecycle::Count", "{}", "--wait", "2");
        List<string> logged = [];
        List<string> limitations = [];
        List<string> frozen = [];
        while (frozen.Count < 2)
        {
            var parts = (await runner.ReadLineAsync())!.Split(' ', 2);
            (parts[0] switch { "logged" => logged, "limitation" => limitations, _ => frozen }).Add(parts[1]);
        }

        // Stopped, each in its first process.
        Assert.All(frozen, static line => Assert.Equal(line.Split(' ')[0] + " 1", line.Split('"')[1]));
        Assert.All(
            frozen,
            static line => Assert.True(Processes.ProcessTable.IsStopped(int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))));

        string[] unenforced =
        [
            "Processes are stopped by SIGSTOP",
            "The memory is not limited to 512 MB",
            "The CPU is not limited to 0.29 vCPUs",
            "The ephemeral storage is not limited to 512 MB",
            "/tmp itself is this machine's",
        ];
        var stated = unenforced.Where(sentence =>
            limitations.Exists(limitation => limitation.StartsWith(sentence, StringComparison.Ordinal)));
        foreach (var sentence in Environment.IsPrivilegedProcess ? unenforced : stated)
        {
            Assert.Equal(2, limitations.Count(limitation => limitation.StartsWith(sentence, StringComparison.Ordinal)));
            Assert.Single(logged, entry => entry.StartsWith("501 " + sentence, StringComparison.Ordinal));
        }

        await runner.KillAsync("KILL");
        await runner.UntilNothingIsLeftAsync(frozen[0].Split(' ', 4)[3]);
    }

    [Fact]
    public async Task The_cpu_is_what_the_memory_buys_where_that_can_be_enforced()
    {
        var options = TestFunction.Options("Appetite::Compute");
        options.MemoryMegabytes = 442;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        // A quarter of a vCPU: 300 ms of CPU take four times as long at least. A busy machine makes it more.
        var took = (await lambda.InvokeAsync("300")).ReadPayload<double>();

        if (IsEnforced(lambda, "The CPU is not limited"))
        {
            Assert.InRange(took, 900, 60_000);
        }
    }

    [Fact]
    public async Task Where_nothing_is_permitted_or_asked_for_it_all_works_by_signals()
    {
        using var peer = new Peer();
        var options = TestFunction.Options("Lifecycle::Count");
        options.FreezeMechanism = FreezeMechanism.Signals;
        options.ResourceLimits = ResourceLimits.None;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        for (var i = 1; i <= 3; i++)
        {
            Assert.EndsWith($" {i}", (await lambda.InvokeAsync()).ReadPayload<string>()!, StringComparison.Ordinal);
            await lambda.WaitUntilFrozenAsync();
        }

        Assert.True(Processes.ProcessTable.IsStopped(lambda.ProcessId!.Value));
        Assert.Empty(lambda.ReadRecording().Limitations);
    }

    /// <summary>
    /// Whether this machine lets something be enforced. Where it doesn't, every environment's recording says so,
    /// and the log says so once in this process.
    /// </summary>
    /// <param name="lambda">The environment.</param>
    /// <param name="otherwise">How it is said, to begin with.</param>
    private static bool IsEnforced(LocalExecutionEnvironment lambda, string otherwise)
    {
        if (!lambda.ReadRecording().Limitations.Any(sentence => sentence.StartsWith(otherwise, StringComparison.Ordinal)))
        {
            return true;
        }

        Assert.Single(lambda.ReadRecording().Limitations, sentence => sentence.StartsWith(otherwise, StringComparison.Ordinal));
        var entry = Assert.Single(
            LogOfThisProcess.Entries, entry => entry.EventId == 501 && entry.Message.StartsWith(otherwise, StringComparison.Ordinal));
        Assert.Equal(WarmContextLogLevel.Information, entry.Level);
        return false;
    }
}

using System.Globalization;
using WarmContext.Testing.Audits;
using WarmContext.Testing.Audits.Sampling;

namespace WarmContext.Testing;

public class AuditTests
{
    [Fact]
    public async Task A_function_that_does_nothing_wrong_has_no_warnings()
    {
        var recording = await RunAsync("KeepOpen", 6, bytes: 100);

        Assert.DoesNotContain(
            recording.Findings,
            static finding =>
                finding.Severity != FindingSeverity.Information
                    && finding.Kind is not (FindingKind.PackageWeight or FindingKind.FirstInvocationSlow));
        Assert.All(recording.Invocations, static invocation => Assert.True(invocation.IsAudited));
        Assert.Equal(
            1, recording.Invocations.Sum(static invocation => invocation.Traffic.Sum(static traffic => traffic.ConnectionsOpened)));
        Assert.All(
            recording.Invocations,
            static invocation =>
                Assert.Equal(
                    (100, 4), Assert.Single(invocation.Traffic) is var traffic ? (traffic.BytesReceived, traffic.BytesSent) : default));
    }

    [Fact]
    public async Task Connections_opened_in_every_invocation_are_found()
    {
        var recording = await RunAsync("OpenEachTime", 5, bytes: 100);

        var finding = Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.ConnectionsReopened);
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Equal(4, finding.RequestIds.Count);
        Assert.Contains("4 connections to 127.0.0.1:", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Warm<T>", finding.Remedy, StringComparison.Ordinal);
        Assert.Contains("WARM0001", finding.Rules);
    }

    [Fact]
    public async Task The_same_bytes_downloaded_again_are_found()
    {
        var recording = await RunAsync("KeepOpen", 5, bytes: 200_000);

        var finding = Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.DownloadedAgain);
        Assert.Equal(5, finding.RequestIds.Count);
        Assert.Contains("S3FileCache", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_ended_in_the_freeze_and_is_used_is_found()
    {
        using var peer = new Peer();
        await using var lambda = await StartAsync("KeepOpen", peer);
        (await lambda.InvokeAsync("10")).EnsureSuccess();
        await lambda.WaitUntilFrozenAsync();

        peer.HangUp();
        Assert.False((await lambda.InvokeAsync("10")).IsSuccess);
        await lambda.WaitUntilFrozenAsync();

        var finding = Assert.Single(lambda.ReadRecording().Findings, static finding => finding.Kind == FindingKind.DeadConnectionUsed);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Contains(peer.Address, finding.Message, StringComparison.Ordinal);
        Assert.Contains("WARM0003", finding.Rules);
    }

    [Fact]
    public async Task A_thread_left_running_is_found_at_the_freeze_and_after_the_thaw()
    {
        var recording = await RunAsync("Spin", 3, bytes: 60_000);

        var running = Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.RunningAtFreeze);
        Assert.Contains("left-behind", running.Message, StringComparison.Ordinal);
        var resumed = Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.WorkResumed);
        Assert.Contains("WARM0006", resumed.Rules);
        Assert.NotEmpty(resumed.RequestIds);
    }

    [Fact]
    public async Task A_thread_that_Init_leaves_running_is_found_before_the_first_invocation()
    {
        var options = TestFunction.Options("InitThatSpins::Handle");
        options.Audit = true;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        await lambda.WaitUntilFrozenAsync();
        (await lambda.InvokeAsync("0")).EnsureSuccess();

        var recording = lambda.ReadRecording();

        Assert.Contains("left-behind", recording.Invocations[0].ResumedWork!.RunnableThreads);
        Assert.Equal(
            FindingSeverity.Error, Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.WorkResumed).Severity);
    }

    [Fact]
    public async Task A_timer_that_goes_on_is_found_by_what_it_writes_after_the_thaw()
    {
        using var peer = new Peer();
        await using var lambda = await StartAsync("Tick", peer);

        // On a busy machine the timer may not get as far as writing in the moment after a thaw.
        await TestFunction.UntilAsync(async () =>
        {
            (await lambda.InvokeAsync("0")).EnsureSuccess();
            await lambda.WaitUntilFrozenAsync();
            return lambda.ReadRecording().Invocations.Any(static invocation => invocation.ResumedWork is { LogLines: > 0 });
        });

        var resumed = Assert.Single(lambda.ReadRecording().Findings, static finding => finding.Kind == FindingKind.WorkResumed);
        Assert.Matches(" [1-9][0-9]* lines? written", resumed.Message);
    }

    [Fact]
    public async Task A_temporary_storage_that_grows_is_found()
    {
        var recording = await RunAsync("Litter", 5, bytes: 5000);

        var finding = Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.TemporaryStorageGrows);
        Assert.Contains("to 5 files with 24.4 KiB", finding.Message, StringComparison.Ordinal);
        Assert.Equal(25_000, recording.Invocations[^1].TemporaryBytes);
    }

    [Fact]
    public async Task Memory_that_grows_is_found()
    {
        var recording = await RunAsync("Hoard", 14, bytes: 15_000_000);

        Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.MemoryGrows);
    }

    [Fact]
    public async Task A_slow_first_invocation_and_Inits_share_are_found()
    {
        var recording = await RunAsync("LazyFirst", 6, bytes: 1500);

        Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.FirstInvocationSlow);
        Assert.Single(recording.Findings, static finding => finding.Kind == FindingKind.InitShare);
    }

    [Fact]
    public async Task The_package_is_weighed_by_assembly()
    {
        var recording = await RunAsync("Nothing", 1, bytes: 0);

        var assembly = Assert.Single(recording.Package, static file => file.Path == "TestFunctions.dll");
        Assert.True(assembly is { IsAssembly: true, IsReadyToRun: false });
        Assert.Equal(new FileInfo(Path.Combine(TestFunction.DirectoryOf("TestFunctions"), "TestFunctions.dll")).Length, assembly.Bytes);
        Assert.Contains(
            recording.Findings,
            static finding =>
                finding.Kind == FindingKind.PackageWeight && finding.Message.Contains("no machine code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_after_the_response_is_information_where_an_extension_holds_the_freeze_back()
    {
        using var function = new ScriptFunction("""
            register internal '"INVOKE"'
            ( while :; do
                curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
                while [ ! -e "$TMPDIR/answered" ]; do sleep 0.02; done; i=0; while [ $i -lt 600000 ]; do i=$((i+1)); done
              done ) &
            next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; : > "$TMPDIR/answered"; next
            """);
        function.Options.Audit = true;
        await using var lambda = await function.StartAsync();
        await lambda.InvokeAsync();
        await lambda.WaitUntilFrozenAsync();

        var finding = Assert.Single(lambda.ReadRecording().Findings, static finding => finding.Kind == FindingKind.WorkAfterResponse);
        Assert.Equal(FindingSeverity.Information, finding.Severity);
        Assert.Contains("billed", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, false, FindingSeverity.Warning, "Nothing held the freeze back")]
    [InlineData(true, false, false, FindingSeverity.Information, "An extension held the freeze back")]
    [InlineData(false, true, false, FindingSeverity.Information, "The runtime asked for its next event only then")]
    [InlineData(true, true, true, FindingSeverity.Warning, "It was not over when the freeze came")]
    public void Work_after_the_response_is_judged_by_whether_the_freeze_waited_for_it(
        bool byExtension, bool byRuntime, bool isRunning, FindingSeverity severity, string message)
    {
        var findings = Auditor.Check(new Recording
        {
            FunctionName = "orders",
            Handler = "orders",
            InitializationType = InitializationType.OnDemand,
            MemoryMegabytes = 512,
            Timeout = TimeSpan.FromSeconds(3),
            Started = DateTimeOffset.UnixEpoch,
            Duration = TimeSpan.FromSeconds(1),
            Invocations =
            [
                new RecordedInvocation
                {
                    RequestId = "1",
                    Process = 1,
                    Start = TimeSpan.Zero,
                    IsAudited = true,
                    BackgroundWork = new RecordedWork
                    {
                        Start = TimeSpan.FromMilliseconds(100),
                        End = TimeSpan.FromMilliseconds(300),
                        CpuTime = TimeSpan.FromMilliseconds(50),
                        WasHeldByExtension = byExtension,
                        WasHeldByRuntime = byRuntime,
                        RunnableThreads = isRunning ? ["worker"] : [],
                    },
                },
            ],
        });

        var finding = Assert.Single(findings, static finding => finding.Kind == FindingKind.WorkAfterResponse);
        Assert.Equal(severity, finding.Severity);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.Contains("Invocation.Background", finding.Remedy, StringComparison.Ordinal);
        Assert.Equal(["WARM0006", "WARM0007"], finding.Rules);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_extension_holds_the_freeze_back_where_it_is_at_work_after_the_response(bool holds)
    {
        // Whether the extension has asked for its next event, the refusal of another request says.
        using var script = new ScriptFunction($$"""
            asked() {
              call -X POST -H "Lambda-Extension-Identifier: $(cat "$TMPDIR/id")" -H 'Lambda-Extension-Function-Error-Type: Extension.Late' "$extension/init/error" | grep -q 'from Ready'
            }
            next; {{(holds ? string.Empty : "until asked; do sleep 0.02; done;")}} curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; : > "$TMPDIR/answered"; next
            """).WithExtension("observer", $$"""
            register observer '"INVOKE"'
            echo "$extension_id" > "$TMPDIR/id"
            while :; do
              curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
              {{(holds ? """while [ ! -e "$TMPDIR/answered" ]; do sleep 0.02; done""" : ":")}}
            done
            """);

        Assert.Equal(holds, (await WorkOfAsync(script)).WasHeldByExtension);
    }

    [Fact]
    public async Task A_runtime_that_works_before_it_asks_for_its_next_event_holds_the_freeze_back()
    {
        using var slow = new ScriptFunction("""
            while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; sleep 0.2; done
            """);
        using var telling = new ScriptFunction("""
            next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"
            curl -sS -A 'WarmContext/1.0 (background work finished)' "$runtime/invocation/next"
            """);

        Assert.True((await WorkOfAsync(slow)).WasHeldByRuntime);
        Assert.True((await WorkOfAsync(telling)).WasHeldByRuntime);
    }

    private static async Task<RecordedWork> WorkOfAsync(ScriptFunction function)
    {
        function.Options.Audit = true;
        await using var lambda = await function.StartAsync();
        (await lambda.InvokeAsync("1")).EnsureSuccess();
        await lambda.WaitUntilFrozenAsync();
        return lambda.ReadRecording().Invocations[0].BackgroundWork!;
    }

    [Fact]
    public void What_the_runtime_does_for_itself_is_not_counted_to_the_function()
    {
        var earlier = Sample(cpu: 40, Thread(1, "dotnet", 10), Thread(2, ".NET Tiered Com", 20), Thread(3, ".NET TP Worker", 5));
        var later = Sample(cpu: 50, Thread(1, "dotnet", 11), Thread(2, ".NET Tiered Com", 27), Thread(3, ".NET TP Worker", 7));

        Assert.Equal(TimeSpan.FromMilliseconds(10), later.CpuSince(earlier));
        Assert.Equal(TimeSpan.FromMilliseconds(3), later.CpuSince(earlier, SandboxAudit.IsOfRuntime));

        // A thread that has ended meanwhile shows in the process's time alone.
        var afterThat = Sample(cpu: 90, Thread(1, "dotnet", 11), Thread(2, ".NET Tiered Com", 30));
        Assert.Equal(TimeSpan.FromMilliseconds(50 - 10), afterThat.CpuSince(earlier, SandboxAudit.IsOfRuntime));

        static ProcessSample Sample(int cpu, params ThreadSample[] threads) =>
            new(threads, TimeSpan.FromMilliseconds(cpu), [], new HashSet<long>());

        static ThreadSample Thread(int id, string name, int cpu) => new(id, name, 'S', TimeSpan.FromMilliseconds(cpu));
    }

    private static async Task<Recording> RunAsync(string method, int times, int bytes)
    {
        using var peer = new Peer();
        await using var lambda = await StartAsync(method, peer);
        for (var i = 0; i < times; i++)
        {
            (await lambda.InvokeAsync(bytes.ToString(CultureInfo.InvariantCulture))).EnsureSuccess();
            await lambda.WaitUntilFrozenAsync();
        }

        return lambda.ReadRecording();
    }

    private static Task<LocalExecutionEnvironment> StartAsync(string method, Peer peer)
    {
        var options = TestFunction.Options("Habits::" + method);
        options.Audit = true;
        options.Environment["PEER"] = peer.Port.ToString(CultureInfo.InvariantCulture);
        return LocalExecutionEnvironment.StartAsync(options);
    }
}

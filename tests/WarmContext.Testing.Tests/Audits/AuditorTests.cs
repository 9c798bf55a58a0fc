using WarmContext.Testing.Audits;
using WarmContext.Testing.Audits.Checks;
using WarmContext.TestSupport;

namespace WarmContext.Testing;

/// <summary>What the audit makes of recordings: where it finds something, and where it must not.</summary>
public class AuditorTests
{
    private const long MiB = 1024 * 1024;
    private const string Remote = "10.0.0.1:443";

    [Fact]
    public void Every_kind_of_finding_names_a_practice_what_to_do_and_rules_that_there_are()
    {
        var rules = Path.Combine(RepositoryFiles.Root, "docs", "rules");
        foreach (var kind in Enum.GetValues<FindingKind>())
        {
            var finding = Practices.Finding(kind, FindingSeverity.Warning, "seen", []);

            Assert.NotEmpty(finding.Practice);
            Assert.EndsWith(".", finding.Remedy, StringComparison.Ordinal);
            Assert.All(
                finding.Rules,
                rule => Assert.True(
                    File.Exists(Path.Combine(rules, rule + ".md")), $"{kind} names {rule}, and docs/rules has no page of it."));
        }
    }

    [Fact]
    public void A_process_that_was_lost_is_an_error_and_a_shutdown_is_none()
    {
        var recording = new Recording(Of([Invocation(0)]))
        {
            Phases =
            [
                new RecordedPhase
                {
                    Kind = RecordedPhaseKind.Invoke,
                    Process = 1,
                    Start = Seconds(1),
                    End = Seconds(2),
                    RequestId = "0",
                    Error = "Sandbox.Timedout: Task timed out after 1.00 seconds",
                },
                new RecordedPhase
                {
                    Kind = RecordedPhaseKind.Shutdown,
                    Process = 2,
                    Start = Seconds(3),
                    End = Seconds(4),
                    Error = "Killed: it did not end in time",
                },
            ],
        };

        var finding = Assert.Single(Auditor.Check(recording), static finding => finding.Kind == FindingKind.EnvironmentReset);

        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Contains("Process 1 was lost in its Invoke phase: Sandbox.Timedout", finding.Message, StringComparison.Ordinal);
        Assert.Equal(["0"], finding.RequestIds);
    }

    [Theory]
    [InlineData("Npgsql.dll", 2, true, false, null)]
    [InlineData("Npgsql.dll", 2, true, true, "Built without optimization: Npgsql.dll")]
    [InlineData("Npgsql.pdb", 2, false, false, "Symbols (.pdb) weigh 2 MiB")]
    [InlineData("runtimes/win-x64/native/sni.dll", 2, false, false, "Files for other platforms (runtimes/) weigh 2 MiB")]
    [InlineData("runtimes/linux-x64/native/sni.so", 2, false, false, null)]
    public void What_weighs_in_the_package_is_a_warning_where_it_can_be_left_out(
        string path, int megabytes, bool isAssembly, bool isDebug, string? warning)
    {
        var findings = Auditor.Check(new Recording(Of([Invocation(0)]))
        {
            Package =
            [
                new PackageFile
                {
                    Path = path,
                    Bytes = megabytes * MiB,
                    IsAssembly = isAssembly,
                    IsReadyToRun = true,
                    IsDebugBuild = isDebug,
                },
            ],
        });

        Assert.Contains(findings, finding => finding.Message.Contains($"{path} 2 MiB", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, static finding => finding.Message.Contains("no machine code", StringComparison.Ordinal));
        var warnings = findings.Where(
            static finding =>
                finding is { Kind: FindingKind.PackageWeight, Severity: FindingSeverity.Warning }).Select(
                    static finding => finding.Message);
        Assert.Equal(warning is null ? [] : [true], warnings.Select(message => message.StartsWith(warning!, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4 }, true)]
    [InlineData(new[] { 1, 2, 3, 4, 4 }, false)]
    [InlineData(new[] { 5, 1, 2, 3, 4 }, true)]
    [InlineData(new[] { 1, 2, 3 }, false)]
    public void A_temporary_storage_that_fills_up_and_then_stays_is_no_finding(int[] kilobytes, bool isFound) =>
        Assert.Equal(
            isFound,
            Has(
                FindingKind.TemporaryStorageGrows,
                kilobytes.Select(
                    static (each, i) =>
                        new RecordedInvocation(Invocation(i))
                        {
                            TemporaryBytes = each * 1024,
                            TemporaryFiles = 1,
                            BackgroundWork = Work(),
                        })));

    [Theory]
    [InlineData(20, 14, true)]
    [InlineData(5, 14, false)]
    [InlineData(20, 9, false)]
    public void Memory_that_grows_by_little_or_was_seen_too_seldom_is_no_finding(int megabytesEach, int times, bool isFound) =>
        Assert.Equal(
            isFound,
            Has(
                FindingKind.MemoryGrows,
                Enumerable.Range(0, times).Select(
                    i => new RecordedInvocation(Invocation(i)) { MemoryBytes = (50 + (i * megabytesEach)) * MiB })));

    [Theory]
    [InlineData(64 * 1024, 3, true)]
    [InlineData((64 * 1024) - 1, 3, false)]
    [InlineData(64 * 1024, 2, false)]
    public void Little_and_seldom_downloaded_bytes_are_no_finding(int bytes, int times, bool isFound) =>
        Assert.Equal(
            isFound,
            Has(
                FindingKind.DownloadedAgain,
                Enumerable.Range(0, times).Select(i => new RecordedInvocation(Invocation(i)) { Traffic = [Traffic(0, bytes, 100, 0)] })));

    [Fact]
    public void Different_amounts_from_one_address_are_not_the_same_bytes() =>
        Assert.False(
            Has(
                FindingKind.DownloadedAgain,
                Enumerable.Range(0, 5).Select(
                    static i => new RecordedInvocation(Invocation(i)) { Traffic = [Traffic(0, 100_000 * (i + 1), 100, 0)] })));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void One_connection_opened_again_is_no_pattern(int times, bool isFound) =>
        Assert.Equal(
            isFound,
            Has(
                FindingKind.ConnectionsReopened,
                Enumerable.Range(0, times).Select(
                    static i => new RecordedInvocation(Invocation(i)) { Traffic = [Traffic(1, 10, 10, 0)] })));

    [Fact]
    public void Connections_that_later_processes_open_are_not_opened_again() =>
        Assert.False(
            Has(
                FindingKind.ConnectionsReopened,
                Enumerable.Range(0, 5).Select(
                    static i => new RecordedInvocation(Invocation(i)) { Process = i, Traffic = [Traffic(1, 10, 10, 0)] })));

    [Theory]
    [InlineData("SocketException: reset", FindingSeverity.Error)]
    [InlineData(null, FindingSeverity.Information)]
    public void A_dead_connection_that_was_only_tried_is_worth_knowing_and_no_more(string? error, FindingSeverity severity)
    {
        var findings = Auditor.Check(Of([new RecordedInvocation(Invocation(0)) { Error = error, Traffic = [Traffic(0, 0, 10, 1)] }]));

        Assert.Equal(severity, Assert.Single(findings, static finding => finding.Kind == FindingKind.DeadConnectionUsed).Severity);
    }

    [Theory]
    [InlineData(InitializationType.OnDemand, true)]
    [InlineData(InitializationType.SnapStart, false)]
    [InlineData(InitializationType.ProvisionedConcurrency, false)]
    [InlineData(InitializationType.ManagedInstances, false)]
    public void Inits_share_is_told_where_a_caller_waits_for_Init(InitializationType type, bool isFound)
    {
        var first = new RecordedInvocation(Invocation(0))
        {
            IsColdStart = true,
            InitDuration = Seconds(3),
            Start = Seconds(3),
            Responded = Seconds(4),
        };

        var findings = Auditor.Check(new Recording(Of([first])) { InitializationType = type })
            .Where(static finding => finding.Kind == FindingKind.InitShare).ToList();

        Assert.Equal(
            isFound ? ["Init took 3 s, 75 % of the 4 s that the first caller waits."] : [],
            findings.ConvertAll(static finding => finding.Message));
    }

    [Theory]
    [InlineData(180, true)]
    [InlineData(140, false)]
    [InlineData(50, false)]
    public void A_first_invocation_is_slow_by_a_multiple_and_by_a_time_that_matters(int milliseconds, bool isFound)
    {
        var first = new RecordedInvocation(Invocation(0))
        {
            IsColdStart = true,
            Start = TimeSpan.Zero,
            Responded = TimeSpan.FromMilliseconds(milliseconds),
        };
        var later = Enumerable.Range(1, 3).Select(
            static i =>
                new RecordedInvocation(Invocation(i)) { Start = Seconds(i), Responded = Seconds(i) + TimeSpan.FromMilliseconds(50) });

        Assert.Equal(isFound, Has(FindingKind.FirstInvocationSlow, later.Prepend(first)));
        Assert.False(Has(FindingKind.FirstInvocationSlow, later.Take(2).Prepend(first)));
    }

    [Theory]
    [InlineData(0, 1, 0, false, true)]
    [InlineData(0, 0, 1, false, true)]
    [InlineData(3, 0, 0, true, true)]
    [InlineData(2, 0, 0, true, false)]
    [InlineData(500, 0, 0, false, false)]
    public void Work_is_resumed_where_it_sends_or_writes_or_where_threads_ran_at_the_freeze_and_use_cpu(
        int milliseconds, int sent, int lines, bool ran, bool isFound)
    {
        // Proof is proof also where most thaws are quiet, and at the first thaw, after Init.
        var work = new RecordedWork(Resumed(milliseconds))
        {
            Traffic = [Traffic(0, 0, sent, 0)],
            LogLines = lines,
            RunnableThreads = ran ? ["left-behind"] : [],
        };
        var findings = Auditor.Check(
            Of(Enumerable.Range(0, 10).Select(i => new RecordedInvocation(Invocation(i))
            {
                IsColdStart = i == 0,
                ResumedWork = i == 0 ? work : Resumed(0),
            })));

        Assert.Equal(
            isFound ? [FindingSeverity.Error] : [],
            findings.Where(static finding => finding.Kind == FindingKind.WorkResumed).Select(static finding => finding.Severity));
    }

    [Theory]
    [InlineData(new[] { 900, 900, 0, 900, 0, 0 }, false)]
    [InlineData(new[] { 900, 900, 900, 0, 0 }, false)]
    [InlineData(new[] { 900, 0, 3, 4, 3, 0 }, true)]
    [InlineData(new[] { 0, 0, 3, 3, 2, 2, 3, 0, 0 }, false)]
    [InlineData(new[] { 0, 2, 2, 2, 2 }, false)]
    public void Cpu_alone_is_resumed_work_only_where_most_thaws_after_the_first_have_it(int[] milliseconds, bool isFound)
    {
        var findings = Auditor.Check(
            Of(milliseconds.Select(static (each, i) => new RecordedInvocation(Invocation(i))
            {
                IsColdStart = i == 0,
                ResumedWork = Resumed(each),
            })));

        Assert.Equal(
            isFound ? [FindingSeverity.Warning] : [],
            findings.Where(static finding => finding.Kind == FindingKind.WorkResumed).Select(static finding => finding.Severity));
    }

    [Fact]
    public void Resumed_work_is_told_with_what_it_used_in_which_time()
    {
        var work = new RecordedWork(Resumed(12)) { End = Seconds(1) + TimeSpan.FromMilliseconds(40), LogLines = 1 };
        var findings = Auditor.Check(Of([Invocation(0), new RecordedInvocation(Invocation(1)) { ResumedWork = work }]));

        var finding = Assert.Single(findings, static finding => finding.Kind == FindingKind.WorkResumed);
        Assert.Equal(
            "Work of an earlier invocation went on when the function was thawed, before 1 invocation: up to 12 ms of CPU within 40 ms, " +
            "0 B sent, 1 line written.",
            finding.Message);
        Assert.Equal(["1"], finding.RequestIds);
    }

    [Theory]
    [InlineData(19, 0, false, false, null)]
    [InlineData(20, 0, false, false, FindingSeverity.Warning)]
    [InlineData(0, 1, false, false, FindingSeverity.Warning)]
    [InlineData(20, 0, true, false, FindingSeverity.Information)]
    [InlineData(59, 0, false, true, null)]
    [InlineData(60, 0, false, true, FindingSeverity.Warning)]
    [InlineData(0, 1, false, true, FindingSeverity.Warning)]
    public void Work_after_the_response_is_a_warning_where_nothing_holds_the_freeze_back(
        int milliseconds, int received, bool isHeld, bool isFirst, FindingSeverity? severity)
    {
        var work = new RecordedWork(Work())
        {
            CpuTime = TimeSpan.FromMilliseconds(milliseconds),
            Traffic = [Traffic(0, received, 0, 0)],
            WasHeldByExtension = isHeld,
        };

        var findings = Auditor.Check(Of([new RecordedInvocation(Invocation(0)) { IsColdStart = isFirst, BackgroundWork = work }]));

        Assert.Equal(severity, findings.SingleOrDefault(static finding => finding.Kind == FindingKind.WorkAfterResponse)?.Severity);
    }

    [Fact]
    public void What_matters_most_comes_first()
    {
        var invocation = new RecordedInvocation(Invocation(0))
        {
            IsColdStart = true,
            InitDuration = Seconds(1),
            Responded = Seconds(2),
            BackgroundWork = new RecordedWork(Work()) { CpuTime = Seconds(1), RunnableThreads = ["left"] },
        };
        var findings = Auditor.Check(Of([invocation]));

        Assert.Equal(
            [FindingKind.RunningAtFreeze, FindingKind.WorkAfterResponse, FindingKind.InitShare],
            findings.Select(static finding => finding.Kind));
    }

    private static bool Has(FindingKind kind, IEnumerable<RecordedInvocation> invocations) =>
        Auditor.Check(Of(invocations)).Exists(finding => finding.Kind == kind);

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static RecordedWork Work() => new() { Start = Seconds(1), End = Seconds(2) };

    private static RecordedWork Resumed(int milliseconds) => new RecordedWork(Work()) { CpuTime = TimeSpan.FromMilliseconds(milliseconds) };

    private static RecordedTraffic Traffic(int opened, long received, long sent, int deadUsed) =>
        new()
        {
            RemoteAddress = Remote,
            ConnectionsOpened = opened,
            BytesReceived = received,
            BytesSent = sent,
            DeadConnectionsUsed = deadUsed,
        };

    private static RecordedInvocation Invocation(int i) =>
        new()
        {
            RequestId = i.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Process = 1,
            Start = Seconds(i),
            IsAudited = true,
        };

    private static Recording Of(IEnumerable<RecordedInvocation> invocations) => new()
    {
        FunctionName = "f",
        Handler = "A::B::C",
        InitializationType = InitializationType.OnDemand,
        MemoryMegabytes = 512,
        Timeout = Seconds(30),
        Started = DateTimeOffset.UnixEpoch,
        Duration = Seconds(100),
        Invocations = [.. invocations],
    };
}

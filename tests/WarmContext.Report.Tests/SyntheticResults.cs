using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Statistics;

namespace WarmContext.Report;

/// <summary>Result sets that were made up: every question of the goals and the charts, with times drawn around a median.</summary>
internal static class SyntheticResults
{
    public static ResultSet Create(int seed = 1, int samples = 30, Func<string, string, double>? factor = null)
    {
        var random = new Random(seed);
        var questions = new List<Question>();
        foreach (var benchmark in BenchmarkCatalog.All)
        {
            var ways = benchmark.Rows.Select((row, i) => Way(row.Method, row.Label, row.Role, 1_000 * (i + 1)));
            questions.Add(Question(benchmark.Id, benchmark.Practice, false, [.. ways]));
        }

        foreach (var (id, practice, rows) in new (string, string, string[])[]
        {
            ("connection-round-trip", Practice.Connections, ["open", "one-round-trip", "pool", "warm", "warm-idle-lease"]),
            ("file-round-trip", Practice.Files, ["get", "exists", "sdk-304", "warm-304", "warm-hit"]),
            ("background-round-trip", Practice.Background, ["inline", "before-return", "after-response"]),
        })
        {
            var ways =
                from trip in SavingCatalog.RoundTrips
                from way in rows.Select((row, i) => i == 0
                    ? Way(row, row, RowRole.Baseline, 300_000 + (trip * 5e6))
                    : Way(row, row, RowRole.WarmContext, 20_000 + i))
                select way with { RoundTripMilliseconds = trip };
            questions.Add(Question(id, practice, true, [.. ways]));
        }

        string[] forms = ["naive-jit-1769", "warm-jit-1769", "naive-aot-1769", "warm-aot-1769"];
        foreach (var id in new[] { "function-cold", "function-init", "function-first", "function-warm-frozen" })
        {
            var slowest = id == "function-warm-frozen" ? 20e6 : 300e6;
            questions.Add(Question(id, Practice.Function, false, [.. forms.Select((form, i) => Form(form, slowest / (i + 1)))]));
        }

        questions.Add(Question(
            "first-invocation", Practice.Lifecycle, true,
            [Way("without", "without warm-up", RowRole.Baseline, 400e6), Way("with", "with", RowRole.WarmContext, 40e6)]));
        questions.Add(Question(
            "init-cost", Practice.Lifecycle, true,
            [
                Way("plain-jit", "plain", RowRole.Baseline, 80e6),
                Way("warm-jit", "warm", RowRole.WarmContext, 83e6),
                Way("plain-aot", "plain", RowRole.Baseline, 9e6) with { Group = "AOT" },
                Way("warm-aot", "warm", RowRole.WarmContext, 10e6) with { Group = "AOT" },
            ]));
        foreach (var (id, practice, rows) in new (string, string, string[])[]
        {
            ("connection-half-open", Practice.Connections, ["open", "warm"]),
            ("connection-query-turns", Practice.Connections, ["pool", "warm", "warm-kept"]),
            ("file-cold", Practice.Files, ["get-to-file", "transfer", "transfer-parts", "transfer-ranges", "warm-miss", "warm-miss-crc64"]),
            ("file-distant", Practice.Files, ["get-to-file", "warm-miss"]),
            ("file-memory", Practice.Files, ["get-large", "warm-small", "warm-large"]),
            ("environment-overhead", Practice.Environment, ["bare", "invocation"]),
            ("freeze-cycles", Practice.Environment, ["thousand"]),
            ("echo-cold-start", Practice.Environment, ["plain", "environment"]),
            ("analyzer-compile", Practice.Analyzers, ["added"]),
            ("analyzer-rule", Practice.Analyzers, ["slowest"]),
        })
        {
            var ways = rows.Select((row, i) => Way(row, row, i == 0 ? RowRole.Baseline : RowRole.WarmContext, 5_000));
            questions.Add(Question(id, practice, false, [.. ways]));
        }

        questions.Add(new Question
        {
            Id = "connection-after-kill", Practice = Practice.Connections, Title = "After a kill & <worse>", Hides = "Nothing much.",
            Rows = Rows.Of(
                [
                    Way("open", "open", RowRole.Baseline, 6e6),
                    new Measured("static", "static connection", RowRole.Alternative) { Failed = 20, FailedAfter = [1e6], Error = "broken" },
                ],
                paired: true),
        });
        return new ResultSet
        {
            Environment = Header(),
            Questions = questions,
            Goals = GoalCatalog.Judge(questions),
            Story = [new StoryRow("Failed invocations", "2 of 102", "0 of 102", "Check that connections exist")],
        };

        Question Question(string id, string practice, bool paired, IReadOnlyList<Measured> rows) => new()
        {
            Id = id, Practice = practice, Title = $"The question of {id}", Hides = "It is made up.", Paired = paired,
            Rows = Rows.Of([.. rows.Select(row => Times(row, factor?.Invoke(id, row.Id) ?? 1))], paired),
        };

        static Measured Times(Measured row, double factor) => row with { Samples = [.. row.Samples.Select(sample => sample * factor)] };

        Measured Form(string id, double median)
        {
            var role = id.StartsWith("naive", StringComparison.Ordinal) ? RowRole.Baseline : RowRole.WarmContext;
            return Way(id, id, role, median) with { Group = id.Contains("jit", StringComparison.Ordinal) ? "JIT" : "AOT" };
        }

        Measured Way(string id, string label, RowRole role, double median) => new(id, label, role)
        {
            Samples = [.. Enumerable.Range(0, samples).Select(_ => median * Noise())],
            AllocatedBytes = 64,
        };

        // Skewed to the right, as times are.
        double Noise() => 1 + (0.03 * Math.Pow(random.NextDouble(), 3)) + (0.01 * random.NextDouble());
    }

    public static RunEnvironment Header() => new()
    {
        Date = "2026-11-21 01:00 UTC",
        Command = "dotnet run -c Release --project benchmarks/WarmContext.Report",
        Commit = "0123456789ab",
        Processor = "A <processor> & more",
        Cores = 2,
        MemoryGigabytes = 16,
        OperatingSystem = "Debian",
        Runtime = ".NET 10",
        Versions = new Dictionary<string, string> { ["Npgsql"] = "10.0.0" },
        OtherLoadPercent = 3,
        DurationSeconds = 1_800,
    };
}

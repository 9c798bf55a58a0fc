using System.Globalization;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// Compares each figure with Npgsql alone. Both take turns in one process, so that other work on the machine weighs on both alike; in the
/// order A B B A, so that a drift does too; and over many fresh connections, since which processor a backend lands on counts for more than
/// what is compared. Each pair gives a ratio; what is printed is their median and their quartiles.
/// </summary>
/// <remarks>
/// A turn at round trips begins with some that aren't measured: thread pool and hypervisor adapt their spinning to how long the last waits
/// took, and with shorter turns the slower side was found to add 8 µs to the faster one.
/// </remarks>
internal static class PairedComparison
{
    public static async Task RunAsync(string part)
    {
        PairedQuestion.Asked = part;
        Console.WriteLine(
            "| Question | Npgsql, µs | WarmContext, µs | Difference, µs "
                + "| Ratio, median | Quartiles of the ratio | Bytes more | Goal | Pairs |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        var hot = new PairedQuestion("hot lease alone", "<= 1 µs more", Connections: 20, Pairs: 20, Batch: 500, Settling: 50);
        await hot.CompareAsync(static () =>
        {
            var lease = new HotLeaseBenchmarks();
            lease.Setup();
            return new PairedSides(lease.NpgsqlPooledOpen, lease.WarmLease, lease.Cleanup);
        });
        var query = new PairedQuestion(string.Empty, string.Empty, Connections: 20, Pairs: 3, Batch: 1_000, Settling: 500);
        await (query with { Name = "hot lease, query, return: session reset", Goal = "<= 1.05" })
            .CompareAsync(static () => Query(static query => (query.NpgsqlPooled, query.WarmSessionReset)));
        await (query with { Name = "hot lease, query, return: session kept", Goal = "<= 0.7" })
            .CompareAsync(static () => Query(static query => (query.NpgsqlPooled, query.WarmSessionKept)));
        await (query with { Name = "Npgsql alone, No Reset On Close (what can be had)", Goal = "-" })
            .CompareAsync(static () => Query(static query => (query.NpgsqlPooled, query.NpgsqlSessionKept)));
        await (query with { Name = "session kept, against Npgsql with No Reset On Close", Goal = "-" })
            .CompareAsync(static () => Query(static query => (query.NpgsqlSessionKept, query.WarmSessionKept)));
        await (query with { Name = "lease after a freeze, against one round trip", Goal = "one round trip" }).CompareAsync(static () =>
        {
            var idle = new IdleLeaseBenchmarks();
            idle.Setup();
            return new PairedSides(idle.NpgsqlOneRoundTrip, idle.WarmLeaseAfterFreeze, idle.Cleanup);
        });
        var dead = new PairedQuestion(
            "lease after the backend was killed, against a physical open", "<= 1.2", Connections: 4, Pairs: 60, Batch: 1, Settling: 0);
        await dead.CompareAsync(static () =>
        {
            var dead = new DeadLeaseBenchmarks();
            dead.Setup();
            return new PairedSides(dead.NpgsqlPhysicalOpen, dead.WarmLeaseAfterKill, dead.Cleanup)
            {
                BeforeBaseline = dead.ClearPool,
                BeforeWarm = dead.Kill,
                After = dead.GiveBack,
            };
        });
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {DateTime.UtcNow:u}. "
                + $"Loopback: a network adds its round trips to both sides alike."));
    }

    private static PairedSides Query(Func<HotQueryBenchmarks, (Func<Task> Baseline, Func<Task> Warm)> choose)
    {
        var query = new HotQueryBenchmarks();
        query.Setup();
        var (baseline, warm) = choose(query);
        return new PairedSides(baseline, warm, query.Cleanup);
    }
}

namespace WarmContext.Analyzers.Tests;

public class UnboundedWaitTests() : RuleTests(RuleIds.UnboundedWait)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        ---
        await [|s_gate.WaitAsync()|];
        """,
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        ---
        [|s_gate.Wait()|];
        """,
        """
        using var done = new ManualResetEvent(false);
        [|done.WaitOne()|];
        """,
        """
        using var done = new ManualResetEventSlim();
        [|done.Wait()|];
        """,
        """
        using var count = new CountdownEvent(1);
        [|count.Wait()|];
        """,
        """
        var work = Task.Delay(10);
        [|work.Wait()|];
        """,
        """
        [|Task.WaitAll(Task.Delay(1), Task.Delay(2))|];
        """,
        """
        await [|Task.Delay(Timeout.Infinite)|];
        """,
        """
        await [|Task.Delay(-1)|];
        """,
        """
        [|while|] (true)
        {
            if (input.Lines.Count > 0) break;
            await Task.Delay(100);
        }
        """,
        """
        var channel = System.Threading.Channels.Channel.CreateUnbounded<int>();
        await [|channel.Reader.ReadAsync()|];
        """,
        """
        using var process = System.Diagnostics.Process.Start("sh");
        await [|process.WaitForExitAsync()|];
        """,
        """
        var items = new BlockingCollection<int>();
        [|items.Take()|];
        """,
        """
        var thread = new Thread(() => { });
        thread.Start();
        [|thread.Join()|];
        """,
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        ---
        await [|s_gate.WaitAsync(CancellationToken.None)|];
        """,
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        ---
        await [|s_gate.WaitAsync(Timeout.Infinite)|];
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        ---
        await s_gate.WaitAsync(TimeSpan.FromSeconds(1));
        """,
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        private static async Task Work(CancellationToken token) => await s_gate.WaitAsync(token);
        public Task Handler(Order input, ILambdaContext context) => Work(new CancellationTokenSource(1000).Token);
        """,
        """
        private static readonly SemaphoreSlim s_gate = new(1);
        ---
        await s_gate.WaitAsync(context.RemainingTime - TimeSpan.FromSeconds(1));
        """,
        """
        using var cancellation = new CancellationTokenSource(context.RemainingTime);
        var channel = System.Threading.Channels.Channel.CreateUnbounded<int>();
        await channel.Reader.ReadAsync();
        """,
        """
        using var done = new ManualResetEvent(false);
        done.WaitOne(1000);
        """,
        """
        await Task.Delay(100);
        """,
        """
        Task.Delay(10).Wait(1000);
        """,
        """
        for (var i = 0; i < 10; i++) { await Task.Delay(10); }
        """,
        """
        using var cancellation = new CancellationTokenSource(1000);
        while (true)
        {
            if (input.Lines.Count > 0) break;
            await Task.Delay(100, cancellation.Token);
        }
        """,
        """
        var deadline = DateTime.UtcNow.AddSeconds(5);
        while (true)
        {
            if (DateTime.UtcNow > deadline) break;
            await Task.Delay(100);
        }
        """,
        """
        await Task.WhenAll(Task.Delay(1), Task.Delay(2));
        """,
        """
        using var process = System.Diagnostics.Process.Start("sh");
        process.WaitForExit(1000);
        """,
        """
        // Nobody's handler.
        public static class Tool
        {
            public static void Run() => Task.Delay(10).Wait();
        }
        """,
        """
        var items = new BlockingCollection<int>();
        items.TryTake(out var item, 100);
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);

    [Fact]
    public void It_is_a_hint_only() =>
        Assert.Equal(Microsoft.CodeAnalysis.DiagnosticSeverity.Info, AnalyzerRun.For(Id).SupportedDiagnostics.Single().DefaultSeverity);
}

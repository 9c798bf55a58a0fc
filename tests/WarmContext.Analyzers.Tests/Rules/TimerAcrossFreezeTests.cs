namespace WarmContext.Analyzers.Tests;

public class TimerAcrossFreezeTests() : RuleTests(RuleIds.TimerAcrossFreeze)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly Timer s_timer = [|new(_ => { }, null, 0, 60000)|];
        ---
        s_timer.Change(0, 1000);
        """,
        """
        private static readonly System.Timers.Timer s_timer = [|new(1000)|];
        ---
        s_timer.Start();
        """,
        """
        private readonly Timer _timer;
        public Function() { _timer = [|new Timer(_ => { })|]; }
        public void Handler(Order input, ILambdaContext context) => _timer.Change(0, 0);
        """,
        """
        var timer = [|new PeriodicTimer(TimeSpan.FromMinutes(1))|];
        await timer.WaitForNextTickAsync();
        """,
        """
        private static readonly ITimer s_timer = [|TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromMinutes(1))|];
        ---
        s_timer.Change(TimeSpan.Zero, TimeSpan.Zero);
        """,
        """
        private static readonly NpgsqlDataSource s_db = Build();
        private static NpgsqlDataSource Build()
        {
            var builder = new NpgsqlDataSourceBuilder("Host=db");
            [|builder.UsePeriodicPasswordProvider((_, _) => new ValueTask<string>("token"), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5))|];
            return builder.Build();
        }
        public async Task Handler(Order input, ILambdaContext context) { await using var c = await s_db.OpenConnectionAsync(); }
        """,
        """
        public Function()
        {
            [|Task.Run(async () => { while (true) { await Task.Delay(60000); } })|];
        }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // A service of the handler.
        public class Function
        {
            private readonly TokenCache _tokens = new();
            public string Handler(Order input, ILambdaContext context) => _tokens.Get();
        }
        public class TokenCache
        {
            private readonly Timer _timer;
            public TokenCache() { _timer = [|new Timer(_ => { }, null, 0, 60000)|]; }
            public string Get() => _timer.ToString()!;
        }
        """,
        """
        // A static of another class.
        public static class Cache
        {
            public static readonly Timer Refresh = [|new Timer(_ => { })|];
        }
        public class Function
        {
            public void Handler(Order input, ILambdaContext context) => Cache.Refresh.Change(0, 1);
        }
        """,
        """
        var timer = [|new Timer(_ => { }, null, 1000, 1000)|];
        timer.Change(0, 0);
        """,
        """
        _ = [|Task.Factory.StartNew(() => { while (true) { Thread.Sleep(1000); } })|];
        """,
        """
        public Function()
        {
            _ = [|Task.Run(async () => { using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (true) { await timer.WaitForNextTickAsync(); } })|];
        }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // Armed again by its own callback: periodic in effect.
        private static Timer? s_timer;
        public Function() { s_timer = [|new Timer(_ => s_timer?.Change(60000, Timeout.Infinite), null, 60000, Timeout.Infinite)|]; }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // The same, with a method for a callback.
        private static ITimer? s_timer;
        private static void Refresh(object? state) => s_timer!.Change(TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        public Function() { s_timer = [|TimeProvider.System.CreateTimer(Refresh, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan)|]; }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // A delayed flush: each invocation leaves it to a moment when the environment is frozen.
        private static readonly Timer s_flush = [|new Timer(_ => { }, null, Timeout.Infinite, Timeout.Infinite)|];
        ---
        s_flush.Change(2000, Timeout.Infinite);
        """,
        """
        // Started with a period at Init.
        private readonly Timer _timer = [|new Timer(_ => { })|];
        public Function() { _timer.Change(TimeSpan.Zero, TimeSpan.FromMinutes(5)); }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        private static readonly System.Timers.Timer s_timer = [|new System.Timers.Timer(2000) { AutoReset = false }|];
        ---
        s_timer.Start();
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        // Fires once.
        private static readonly ITimer s_timer = TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        ---
        return s_timer.ToString()!;
        """,
        """
        var timer = TimeProvider.System.CreateTimer(_ => { }, null, context.RemainingTime, Timeout.InfiniteTimeSpan);
        """,
        """
        private readonly Timer _once = new(_ => { }, null, 1000, Timeout.Infinite);
        private readonly Timer _zero = new(_ => { }, null, 1000, 0);
        private readonly Timer _span = new(_ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(-1));
        private readonly Timer _unsigned = new(_ => { }, null, 1000u, uint.MaxValue);
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // Armed once, at Init.
        private readonly Timer _timer = new(_ => { });
        public Function() { _timer.Change(1000, Timeout.Infinite); }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // Stopped by an invocation, not started.
        private static readonly Timer s_timer = new(_ => { }, null, 1000, Timeout.Infinite);
        ---
        s_timer.Change(Timeout.Infinite, Timeout.Infinite);
        """,
        """
        private readonly System.Timers.Timer _timer = new(1000) { AutoReset = false };
        public Function() { _timer.Start(); }
        public void Handler(Order input, ILambdaContext context) { }
        """,
        """
        // Periodic, but it ends with the invocation.
        var timer = new System.Threading.Timer(_ => { }, null, 100, 100);
        try { await Task.Delay(1); } finally { timer.Dispose(); }
        """,
        """
        // A watchdog that each step puts off.
        var timer = TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        await timer.DisposeAsync();
        """,
        """
        using var timer = new Timer(_ => { }, null, 1000, Timeout.Infinite);
        """,
        """
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        await timer.WaitForNextTickAsync();
        """,
        """
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Task.Delay(1, cancellation.Token);
        """,
        """
        private static DateTimeOffset s_loaded;
        ---
        if (DateTimeOffset.UtcNow - s_loaded > TimeSpan.FromMinutes(5)) { s_loaded = DateTimeOffset.UtcNow; }
        """,
        """
        private static readonly System.Diagnostics.Stopwatch s_watch = System.Diagnostics.Stopwatch.StartNew();
        ---
        return s_watch.Elapsed.ToString();
        """,
        """
        await Task.Delay(100);
        """,
        """
        private static readonly NpgsqlDataSource s_db = Build();
        private static NpgsqlDataSource Build()
        {
            var builder = new NpgsqlDataSourceBuilder("Host=db");
            builder.UsePasswordProvider(_ => "token", (_, _) => new ValueTask<string>("token"));
            return builder.Build();
        }
        public async Task Handler(Order input, ILambdaContext context) { await using var c = await s_db.OpenConnectionAsync(); }
        """,
        """
        // A loop with an end.
        await Task.Run(async () => { for (var i = 0; i < 3; i++) { await Task.Delay(1); } });
        """,
        """
        await Task.Run(async () => { while (true) { if (input.Amount > 0) break; } await Task.Yield(); });
        """,
        """
        public class Timer { }
        public class Function
        {
            public string Handler(Order input, ILambdaContext context) => new Timer().ToString()!;
        }
        """,
        """
        // Nobody's handler.
        public class Tool
        {
            private readonly System.Threading.Timer _timer = new(_ => { });
            public void Run() => _timer.Change(0, 0);
        }
        """,
        """
        using (var timer = new System.Threading.Timer(_ => { })) { timer.Change(1, 1); }
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

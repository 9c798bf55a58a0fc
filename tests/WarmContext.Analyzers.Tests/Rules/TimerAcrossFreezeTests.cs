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
    };

    public static TheoryData<string> Right => new()
    {
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

namespace WarmContext.Analyzers.Tests;

public class FireAndForgetTests() : RuleTests(RuleIds.FireAndForget)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        [|Task.WhenAll(Task.Delay(1), Task.Delay(2))|];
        """,
        """
        private static Task SendAsync(string id) => Task.Delay(10);
        ---
        [|SendAsync(input.Id)|];
        """,
        """
        private static Task SendAsync(string id) => Task.Delay(10);
        ---
        [|_ = SendAsync(input.Id)|];
        """,
        """
        [|Task.Run(() => Console.WriteLine("late"))|];
        """,
        """
        [|_ = Task.Run(async () => await Task.Delay(10))|];
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        ---
        [|SendAsync().ContinueWith(t => Console.WriteLine(t.Status))|];
        """,
        """
        [|Task.Factory.StartNew(() => Console.WriteLine("late"))|];
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        ---
        var pending = [|SendAsync()|];
        """,
        """
        [|ThreadPool.QueueUserWorkItem(_ => Console.WriteLine("late"))|];
        """,
        """
        var thread = new Thread(() => Console.WriteLine("late"));
        [|thread.Start()|];
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        [|s_s3.PutObjectAsync(new PutObjectRequest())|];
        """,
        """
        private static ValueTask SendAsync() => default;
        ---
        [|SendAsync()|];
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        ---
        [|_ = SendAsync().ConfigureAwait(false)|];
        """,
        """
        private static Task SendAsync(string line) => Task.Delay(10);
        ---
        input.Lines.ForEach(line => [|SendAsync(line)|]);
        """,
        """
        private sealed class Bus { public Task SendAsync() => Task.Delay(10); }
        private static readonly Bus? s_bus = new();
        ---
        [|s_bus?.SendAsync()|];
        """,
        """
        public class Function
        {
            private readonly Audit _audit = new();
            public string Handler(Order input, ILambdaContext context) { _audit.Write(input.Id); return "ok"; }
        }
        public class Audit
        {
            public void Write(string id) { [|_ = SaveAsync(id)|]; }
            private static Task SaveAsync(string id) => Task.Delay(10);
        }
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private static Task SendAsync(string id) => Task.Delay(10);
        ---
        await SendAsync(input.Id);
        """,
        """
        private static Task SendAsync(string id) => Task.Delay(10);
        ---
        var pending = SendAsync(input.Id);
        await pending;
        """,
        """
        private static Task SendAsync(string id) => Task.Delay(10);
        ---
        var tasks = new List<Task>();
        tasks.Add(SendAsync(input.Id));
        await Task.WhenAll(tasks);
        """,
        """
        WarmContext.Invocation.Current.Background.Run("audit", ct => Task.Delay(10, ct));
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        ---
        WarmContext.Invocation.Current.Background.Track("audit", SendAsync());
        """,
        """
        await Task.Run(() => Console.WriteLine("now"));
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        public Task Handler(Order input, ILambdaContext context) => SendAsync();
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        public Task Handler(Order input, ILambdaContext context) { return SendAsync(); }
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        ---
        SendAsync().GetAwaiter().GetResult();
        SendAsync().Wait();
        """,
        """
        var thread = new Thread(() => Console.WriteLine("now"));
        thread.Start();
        thread.Join();
        """,
        """
        using var cancellation = new CancellationTokenSource();
        _ = cancellation.CancelAsync();
        """,
        """
        private static Task SendAsync(string line) => Task.Delay(10);
        ---
        await Task.WhenAll(input.Lines.Select(line => SendAsync(line)));
        """,
        """
        private static Task SendAsync() => Task.Delay(10);
        ---
        await SendAsync().ConfigureAwait(false);
        """,
        """
        private static int Count() => 1;
        ---
        _ = Count();
        Count();
        """,
        """
        // At Init a priming call may run on; no handler waits for its end.
        public class Function
        {
            public Function() { _ = Task.Run(() => Console.WriteLine("prime")); }
            public string Handler(Order input, ILambdaContext context) => "ok";
        }
        """,
        """
        await Parallel.ForEachAsync(input.Lines, async (line, ct) => await Task.Delay(1, ct));
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

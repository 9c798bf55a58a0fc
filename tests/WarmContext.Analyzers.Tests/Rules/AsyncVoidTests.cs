namespace WarmContext.Analyzers.Tests;

public class AsyncVoidTests() : RuleTests(RuleIds.AsyncVoid)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        public async void [|Handler|](Order input, ILambdaContext context) => await Task.Delay(10);
        """,
        """
        private static async void [|Send|]() => await Task.Delay(10);
        ---
        Send();
        """,
        """
        async void [|Send|]() => await Task.Delay(10);
        Send();
        """,
        """
        input.Lines.ForEach([|async|] line => await Task.Delay(10));
        """,
        """
        Action send = [|async|] () => await Task.Delay(10);
        send();
        """,
        """
        Action<string> send = [|async|] (string line) => { await Task.Delay(10); };
        send("x");
        """,
        """
        Parallel.ForEach(input.Lines, [|async|] line => { await Task.Delay(10); });
        """,
        """
        new Thread([|async|] () => await Task.Delay(10)).Start();
        """,
        """
        using var registration = CancellationToken.None.Register([|async|] () => await Task.Delay(1));
        """,
        """
        public class Function
        {
            private readonly Audit _audit = new();
            public string Handler(Order input, ILambdaContext context) { _audit.Write(); return "ok"; }
        }
        public class Audit
        {
            public async void [|Write|]() => await Task.Delay(10);
        }
        """,
        """
        Action send = [|async|] delegate { await Task.Delay(10); };
        send();
        """,
        """
        public abstract class Base
        {
            public async Task Handler(Order input, ILambdaContext context) { await Task.Yield(); Work(); }
            protected abstract void Work();
        }
        public class Function : Base
        {
            protected override async void [|Work|]() => await Task.Delay(10);
        }
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        public async Task Handler(Order input, ILambdaContext context) => await Task.Delay(10);
        """,
        """
        private static async Task SendAsync() => await Task.Delay(10);
        ---
        await SendAsync();
        """,
        """
        async Task Send() => await Task.Delay(10);
        await Send();
        """,
        """
        Func<Task> send = async () => await Task.Delay(10);
        await send();
        """,
        """
        await Task.Run(async () => await Task.Delay(10));
        """,
        """
        private static void Send() { }
        ---
        Send();
        """,
        """
        // An event decides the shape of its handlers.
        private static event EventHandler? Changed;
        private static async void OnChanged(object? sender, EventArgs arguments) => await Task.Delay(10);
        public void Handler(Order input, ILambdaContext context) { Changed += OnChanged; Changed?.Invoke(this, EventArgs.Empty); }
        """,
        """
        private static event EventHandler<UnhandledExceptionEventArgs>? Failed;
        public void Handler(Order input, ILambdaContext context) => Failed += async (sender, arguments) => await Task.Delay(10);
        """,
        """
        await Parallel.ForEachAsync(input.Lines, async (line, token) => await Task.Delay(10, token));
        """,
        """
        var results = await Task.WhenAll(input.Lines.Select(async line => { await Task.Delay(1); return line; }));
        """,
        """
        // Nobody's handler.
        public class Tool
        {
            public static async void Run() => await Task.Delay(10);
        }
        """,
        """
        private static async ValueTask SendAsync() => await Task.Delay(10);
        ---
        await SendAsync();
        """,
        """
        WarmContext.Invocation.Current.Background.Run("audit", async ct => await Task.Delay(10, ct));
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

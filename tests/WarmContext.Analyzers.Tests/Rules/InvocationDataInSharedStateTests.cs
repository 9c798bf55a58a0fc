namespace WarmContext.Analyzers.Tests;

public class InvocationDataInSharedStateTests() : RuleTests(RuleIds.InvocationDataInSharedState)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static Order? s_current;
        ---
        [|s_current|] = input;
        """,
        """
        private static string? s_tenant;
        ---
        [|s_tenant|] = input.Tenant;
        """,
        """
        private static string? s_tenant;
        ---
        [|s_tenant|] ??= input.Tenant;
        """,
        """
        private static ILambdaContext? s_context;
        ---
        [|s_context|] = context;
        """,
        """
        private Order? _current;
        public void Handler(Order input, ILambdaContext context) => [|_current|] = input;
        """,
        """
        private static readonly List<string> s_lines = new();
        ---
        [|s_lines.AddRange(input.Lines)|];
        """,
        """
        private static readonly HttpClient s_http = new();
        ---
        [|s_http.DefaultRequestHeaders.Add("X-Tenant", input.Tenant)|];
        """,
        """
        private static readonly HttpClient s_http = new();
        ---
        [|s_http.DefaultRequestHeaders.Authorization|] = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", input.Id);
        """,
        """
        private static string? s_id;
        ---
        var id = input.Id.Trim();
        [|s_id|] = id;
        """,
        """
        // Handed on to another method.
        private static string? s_tenant;
        private static void Remember(string tenant) => [|s_tenant|] = tenant;
        public void Handler(Order input, ILambdaContext context) => Remember(input.Tenant);
        """,
        """
        public static class Session { public static string? User { get; set; } }
        public class Function
        {
            public void Handler(Order input, ILambdaContext context) => [|Session.User|] = input.Tenant;
        }
        """,
        """
        private static readonly Dictionary<string, Order> s_running = new();
        ---
        [|s_running[context.AwsRequestId]|] = input;
        """,
        """
        private static readonly ConcurrentQueue<Order> s_queue = new();
        ---
        [|s_queue.Enqueue(input)|];
        """,
        """
        private static string? s_line;
        ---
        foreach (var line in input.Lines)
        {
            [|s_line|] = line;
        }
        """,
        """
        private static readonly System.Text.StringBuilder s_log = new();
        ---
        [|s_log.Append(input.Id)|];
        """,
        """
        public abstract class Shop<T>
        {
            public string Handler(T input, ILambdaContext context) => Handle(input);
            protected abstract string Handle(T input);
        }
        public class Function : Shop<Order>
        {
            private string _last = "";
            protected override string Handle(Order input)
            {
                [|_last|] = input.Id;
                return _last;
            }
        }
        """,
        """
        public class Shop
        {
            protected string Last { get; set; } = "";
        }
        public class Function : Shop
        {
            public string Handler(Order input, ILambdaContext context) => [|Last|] = input.Id;
        }
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        // What a type of ones own does with it is its business.
        public class Metrics
        {
            public void Add(string name, int value) => Console.WriteLine(name + value);
        }
        public class Function
        {
            private static readonly Metrics s_metrics = new();
            private static readonly System.Diagnostics.Metrics.Counter<int> s_orders = new System.Diagnostics.Metrics.Meter("shop").CreateCounter<int>("orders");
            public void Handler(Order input, ILambdaContext context)
            {
                s_metrics.Add(input.Id, input.Amount);
                s_orders.Add(input.Amount);
            }
        }
        """,
        """
        var current = input;
        return current.Id;
        """,
        """
        private static int s_count;
        ---
        s_count++;
        s_count += input.Amount;
        """,
        """
        private static bool s_warm;
        ---
        s_warm = true;
        """,
        """
        // A cache by key is what shared state is for.
        private static readonly ConcurrentDictionary<string, string> s_names = new();
        ---
        s_names[input.Tenant] = input.Id;
        s_names.TryAdd(input.Tenant, input.Id);
        """,
        """
        private static readonly AsyncLocal<string?> s_tenant = new();
        ---
        s_tenant.Value = input.Tenant;
        """,
        """
        private static string? s_config;
        private static Task<string> LoadAsync() => Task.FromResult("");
        public async Task Handler(Order input, ILambdaContext context) => s_config ??= await LoadAsync();
        """,
        """
        // The same for all invocations of the environment.
        private static string? s_function;
        private static ILambdaLogger? s_log;
        ---
        s_function = context.FunctionName;
        s_log = context.Logger;
        """,
        """
        [ThreadStatic] private static string? t_tenant;
        ---
        t_tenant = input.Tenant;
        """,
        """
        // An object of this invocation.
        public class Function
        {
            public void Handler(Order input, ILambdaContext context) => new Job().Run(input);
        }
        public class Job
        {
            private Order? _order;
            public void Run(Order order) => _order = order;
        }
        """,
        """
        // Annotations may resolve the class for each invocation.
        public class Function
        {
            private Order? _order;
            [LambdaFunction] public void Handler(Order input) => _order = input;
        }
        """,
        """
        private static DateTimeOffset s_last;
        ---
        s_last = DateTimeOffset.UtcNow;
        """,
        """
        private static string? s_mode;
        private static void Set(string mode) => s_mode = mode;
        public void Handler(Order input, ILambdaContext context) => Set("fast");
        """,
        """
        var request = new HttpRequestMessage(HttpMethod.Get, "https://example.com");
        request.Headers.Add("X-Tenant", input.Tenant);
        var lines = new List<string>();
        lines.Add(input.Id);
        """,
        """
        Environment.ExitCode = input.Amount;
        System.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo(input.Region);
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

namespace WarmContext.Analyzers.Tests;

public class LazyCachesExceptionTests() : RuleTests(RuleIds.LazyCachesException)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly HttpClient s_http = new();
        private static readonly Lazy<Task<string>> s_config = [|new Lazy<Task<string>>(() => s_http.GetStringAsync("https://config"))|];
        ---
        await s_config.Value;
        """,
        """
        private static readonly HttpClient s_http = new();
        private static readonly Lazy<Task<string>> s_config = [|new(async () => await s_http.GetStringAsync("https://config"))|];
        ---
        await s_config.Value;
        """,
        """
        private static readonly Lazy<string> s_config = [|new(() => File.ReadAllText("/tmp/config.json"))|];
        ---
        return s_config.Value;
        """,
        """
        private static readonly HttpClient s_http = new();
        private static readonly Lazy<string> s_config = [|new(() => s_http.GetStringAsync("https://config").GetAwaiter().GetResult())|];
        ---
        return s_config.Value;
        """,
        """
        private static string Load() { using var http = new HttpClient(); return http.GetStringAsync("https://config").GetAwaiter().GetResult(); }
        private static readonly Lazy<string> s_config = [|new(Load)|];
        ---
        return s_config.Value;
        """,
        """
        private static async Task<string> LoadAsync() { await Task.Yield(); return ""; }
        private static readonly Lazy<Task<string>> s_config = [|new(LoadAsync)|];
        ---
        return await s_config.Value;
        """,
        """
        private static readonly Lazy<StackExchange.Redis.ConnectionMultiplexer> s_redis = [|new(() => StackExchange.Redis.ConnectionMultiplexer.Connect("cache"))|];
        ---
        s_redis.Value.GetDatabase();
        """,
        """
        private readonly Lazy<string> _config;
        public Function() { _config = [|new Lazy<string>(() => File.ReadAllText("/tmp/c"), isThreadSafe: true)|]; }
        public string Handler(Order input, ILambdaContext context) => _config.Value;
        """,
        """
        private static readonly Lazy<string> s_config = [|new(() => File.ReadAllText("/tmp/c"), LazyThreadSafetyMode.ExecutionAndPublication)|];
        ---
        return s_config.Value;
        """,
        """
        // A failed task is kept in every mode.
        private static readonly AmazonS3Client s_s3 = new();
        private static readonly Lazy<Task<ListBucketsResponse>> s_buckets = [|new(() => s_s3.ListBucketsAsync(), LazyThreadSafetyMode.PublicationOnly)|];
        ---
        await s_buckets.Value;
        """,
        """
        private static Lazy<string>? s_config;
        ---
        s_config ??= new Lazy<string>(() => "constant");
        s_config = [|new Lazy<string>(() => File.ReadAllText("/tmp/c"))|];
        """,
        """
        private static readonly Lazy<NpgsqlConnection> s_connection = [|new(() => { var c = new NpgsqlConnection("Host=db"); c.Open(); return c; })|];
        ---
        s_connection.Value.Close();
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private static readonly Lazy<AmazonS3Client> s_s3 = new(() => new AmazonS3Client());
        ---
        await s_s3.Value.ListBucketsAsync();
        """,
        """
        private static readonly Lazy<string> s_config = new(() => File.ReadAllText("/tmp/c"), LazyThreadSafetyMode.PublicationOnly);
        ---
        return s_config.Value;
        """,
        """
        private static readonly HttpClient s_http = new();
        private static readonly WarmContext.Warm<string> s_config = new(ct => s_http.GetStringAsync("https://config", ct));
        ---
        return await s_config.GetAsync();
        """,
        """
        private static readonly Lazy<Dictionary<string, int>> s_table = new(() => Enumerable.Range(0, 10).ToDictionary(i => i.ToString()));
        ---
        return s_table.Value.Count.ToString();
        """,
        """
        private static readonly Lazy<List<string>> s_list = new();
        ---
        s_list.Value.Clear();
        """,
        """
        private static readonly Lazy<string> s_name = new("constant");
        ---
        return s_name.Value;
        """,
        """
        // Of this invocation: its failure ends with it.
        var content = new Lazy<string>(() => File.ReadAllText("/tmp/" + input.Id));
        return content.Value;
        """,
        """
        private static string Build() => string.Join(",", Enumerable.Range(0, 3));
        private static readonly Lazy<string> s_text = new(Build);
        ---
        return s_text.Value;
        """,
        """
        private static readonly Lazy<bool> s_exists = new(() => File.Exists("/tmp/x"));
        ---
        return s_exists.Value.ToString();
        """,
        """
        private static readonly Lazy<System.Text.RegularExpressions.Regex> s_regex = new(() => new System.Text.RegularExpressions.Regex("a+"));
        ---
        return s_regex.Value.ToString();
        """,
        """
        private static readonly Lazy<NpgsqlDataSource> s_db = new(() => NpgsqlDataSource.Create("Host=db"));
        ---
        await using var connection = await s_db.Value.OpenConnectionAsync();
        """,
        """
        // Not reached by a handler.
        public class Tool
        {
            public static readonly Lazy<string> Config = new(() => File.ReadAllText("/tmp/c"));
        }
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

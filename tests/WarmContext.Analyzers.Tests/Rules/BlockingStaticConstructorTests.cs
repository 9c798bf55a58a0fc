namespace WarmContext.Analyzers.Tests;

public class BlockingStaticConstructorTests() : RuleTests(RuleIds.BlockingStaticConstructor)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly string s_config;
        private static readonly HttpClient s_http = new();
        static Function() { s_config = [|s_http.GetStringAsync("https://config").Result|]; }
        public string Handler(Order input, ILambdaContext context) => s_config;
        """,
        """
        private static readonly HttpClient s_http = new();
        private static readonly string s_config = [|s_http.GetStringAsync("https://config").GetAwaiter().GetResult()|];
        ---
        return s_config;
        """,
        """
        static Function() { [|Task.Delay(10).Wait()|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        static Function() { [|Thread.Sleep(1000)|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        static Function() { [|s_connection.Open()|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly StackExchange.Redis.ConnectionMultiplexer s_redis = [|StackExchange.Redis.ConnectionMultiplexer.Connect("cache")|];
        ---
        s_redis.GetDatabase();
        """,
        """
        private static readonly HttpClient s_http = new();
        static Function() { [|s_http.Send(new HttpRequestMessage())|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly System.Net.IPAddress[] s_addresses = [|System.Net.Dns.GetHostAddresses("db")|];
        ---
        return s_addresses.Length.ToString();
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        private static readonly ListBucketsResponse s_buckets = [|s_s3.ListBucketsAsync().GetAwaiter().GetResult()|];
        ---
        return s_buckets.ToString()!;
        """,
        """
        // A static of another class that the handler uses.
        public static class Config
        {
            public static readonly string Text = [|new HttpClient().GetStringAsync("https://config").Result|];
        }
        public class Function
        {
            public string Handler(Order input, ILambdaContext context) => Config.Text;
        }
        """,
        """
        private static string Text { get; } = [|new HttpClient().GetStringAsync("https://config").Result|];
        public string Handler(Order input, ILambdaContext context) => Text;
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        static Function() { using var connection = [|s_db.OpenConnection()|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private static readonly AmazonS3Client s_s3 = new();
        static Function() { Console.WriteLine("init"); }
        public Task Handler(Order input, ILambdaContext context) => s_s3.ListBucketsAsync();
        """,
        """
        // What ships with the function is read at Init, as it should be.
        private static readonly string s_template = File.ReadAllText("template.html");
        public string Handler(Order input, ILambdaContext context) => s_template;
        """,
        """
        private static readonly Lazy<string> s_config = new(() => new HttpClient().GetStringAsync("https://config").Result);
        ---
        return s_config.Value;
        """,
        """
        private static readonly WarmContext.Warm<string> s_config = new(ct => new HttpClient().GetStringAsync("https://config", ct));
        ---
        return await s_config.GetAsync();
        """,
        """
        private static readonly Task<string> s_config = new HttpClient().GetStringAsync("https://config");
        ---
        return await s_config;
        """,
        """
        // An instance constructor throws without poisoning its type.
        private readonly string _config;
        public Function() { _config = new HttpClient().GetStringAsync("https://config").Result; }
        public string Handler(Order input, ILambdaContext context) => _config;
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        ---
        await using var connection = await s_db.OpenConnectionAsync();
        """,
        """
        private static readonly int s_sum = Enumerable.Range(0, 10).Sum();
        ---
        return s_sum.ToString();
        """,
        """
        private static readonly string? s_table = Environment.GetEnvironmentVariable("TABLE");
        ---
        return s_table ?? "";
        """,
        """
        // In the handler it blocks, but poisons nothing.
        private static readonly HttpClient s_http = new();
        public string Handler(Order input, ILambdaContext context) => s_http.GetStringAsync("https://config").Result;
        """,
        """
        // No handler uses it.
        public static class Tool
        {
            public static readonly string Text = new HttpClient().GetStringAsync("https://config").Result;
        }
        """,
        """
        private sealed class Result { public string Wait() => ""; public string Value { get; } = ""; }
        private static readonly string s_text = new Result().Wait();
        ---
        return s_text;
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

namespace WarmContext.Analyzers.Tests;

public class ConnectionOpenedBeforeSnapshotTests() : RuleTests(RuleIds.ConnectionOpenedBeforeSnapshot)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private readonly NpgsqlConnection _connection = new("Host=db");
        public Function() { [|_connection.Open()|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        static Function() { [|s_connection.Open()|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        private readonly NpgsqlConnection _connection = [|s_db.OpenConnection()|];
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly StackExchange.Redis.ConnectionMultiplexer s_redis = [|StackExchange.Redis.ConnectionMultiplexer.Connect("cache")|];
        public string Handler(Order input, ILambdaContext context) => s_redis.ToString()!;
        """,
        """
        private readonly System.Net.Sockets.TcpClient _tcp = new();
        public Function() { [|_tcp.Connect("db", 5432)|]; }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private readonly NpgsqlConnection _connection = new("Host=db");
        public Function() { [|_connection.OpenAsync()|].GetAwaiter().GetResult(); }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        // By way of a method.
        private readonly NpgsqlConnection _connection = new("Host=db");
        public Function() { Connect(); }
        private void Connect() => [|_connection.Open()|];
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        public class Function
        {
            private readonly Orders _orders = new();
            public string Handler(Order input, ILambdaContext context) => _orders.Name();
        }
        public class Orders
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public Orders() { [|_connection.Open()|]; }
            public string Name() => _connection.Database;
        }
        """,
        """
        public static class Db
        {
            public static readonly NpgsqlConnection Connection = Open();
            private static NpgsqlConnection Open() { var c = new NpgsqlConnection("Host=db"); [|c.Open()|]; return c; }
        }
        public class Function
        {
            public string Handler(Order input, ILambdaContext context) => Db.Connection.Database;
        }
        """,
        """
        private readonly Task<StackExchange.Redis.ConnectionMultiplexer> _redis = [|StackExchange.Redis.ConnectionMultiplexer.ConnectAsync("cache")|];
        public async Task Handler(Order input, ILambdaContext context) => (await _redis).GetDatabase();
        """,
        """
        private readonly System.Net.WebSockets.ClientWebSocket _socket = new();
        public Function() { [|_socket.ConnectAsync(new Uri("wss://x"), CancellationToken.None)|].Wait(); }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        ---
        await using var connection = await s_db.OpenConnectionAsync();
        """,
        """
        private readonly NpgsqlConnection _connection = new("Host=db");
        public Function()
        {
            _connection.Open();
            SnapshotRestore.RegisterAfterRestore(() => new ValueTask(_connection.OpenAsync()));
        }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        static Function()
        {
            s_connection.Open();
            SnapshotRestore.RegisterBeforeSnapshot(() => new ValueTask(s_connection.CloseAsync()));
        }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        public Task Handler(Order input, ILambdaContext context) => s_connection.OpenAsync();
        """,
        """
        private static readonly Lazy<NpgsqlConnection> s_connection = new(() => { var c = new NpgsqlConnection("Host=db"); c.Open(); return c; });
        public string Handler(Order input, ILambdaContext context) => s_connection.Value.Database;
        """,
        """
        private readonly AmazonS3Client _s3 = new();
        public Task Handler(Order input, ILambdaContext context) => _s3.ListBucketsAsync();
        """,
        """
        private readonly FileStream _file = File.OpenRead("data.bin");
        public string Handler(Order input, ILambdaContext context) => _file.Name;
        """,
        """
        private readonly WarmContext.Npgsql.WarmNpgsqlDataSource _db = new("Host=db");
        public async Task Handler(Order input, ILambdaContext context) { await using var c = await _db.OpenConnectionAsync(); }
        """,
        """
        private sealed class Door { public void Open() { } }
        private readonly Door _door = new();
        public Function() { _door.Open(); }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        // A type no handler uses.
        public class Tool
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public Tool() { _connection.Open(); }
        }
        """,
        """
        private readonly Func<NpgsqlConnection> _open;
        public Function() { _open = () => { var c = new NpgsqlConnection("Host=db"); c.Open(); return c; }; }
        public string Handler(Order input, ILambdaContext context) { using var c = _open(); return c.Database; }
        """,
    };

    private protected override IReadOnlyDictionary<string, string>? Options { get; } = new Dictionary<string, string>
    {
        ["warmcontext.snapstart"] = "true",
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);

    [Fact]
    public Task Without_SnapStart_opening_at_Init_is_fine() => VerifyAsync(
        "private readonly NpgsqlConnection _connection = new(\"Host=db\");\npublic Function() { _connection.Open(); }\n"
            + "public string Handler(Order input, ILambdaContext context) => \"ok\";",
        new Dictionary<string, string>());
}

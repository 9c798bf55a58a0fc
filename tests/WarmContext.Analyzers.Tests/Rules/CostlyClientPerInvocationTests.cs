namespace WarmContext.Analyzers.Tests;

public class CostlyClientPerInvocationTests() : RuleTests(RuleIds.CostlyClientPerInvocation)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        using var s3 = [|new AmazonS3Client()|];
        await s3.ListBucketsAsync();
        """,
        """
        var http = [|new HttpClient()|];
        await http.GetStringAsync("https://example.com");
        """,
        """
        // Its parts belong to it.
        using var http = [|new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4 })|];
        """,
        """
        await using var db = [|NpgsqlDataSource.Create("Host=db")|];
        """,
        """
        await using var db = [|new NpgsqlDataSourceBuilder("Host=db").Build()|];
        """,
        """
        var config = new AmazonS3Config { Timeout = TimeSpan.FromSeconds(2) };
        IAmazonS3 s3 = [|new AmazonS3Client(config)|];
        """,
        """
        using var transfer = [|new TransferUtility()|];
        """,
        """
        using var redis = await [|StackExchange.Redis.ConnectionMultiplexer.ConnectAsync("cache:6379")|];
        """,
        """
        var redis = [|StackExchange.Redis.ConnectionMultiplexer.Connect("cache:6379")|];
        """,
        """
        var mongo = [|new MongoDB.Driver.MongoClient("mongodb://db")|];
        """,
        """
        using var channel = [|Grpc.Net.Client.GrpcChannel.ForAddress("https://service")|];
        """,
        """
        using var tracer = [|OpenTelemetry.Trace.TracerProviderBuilderExtensions.Build(OpenTelemetry.Sdk.CreateTracerProviderBuilder())|];
        """,
        """
        await using var db = [|new MySqlConnector.MySqlDataSourceBuilder("Server=db").Build()|];
        """,
        """
        // In what the handler calls, across classes.
        public class Function
        {
            private readonly Store _store = new();
            public Task Handler(Order input, ILambdaContext context) => _store.SaveAsync(input);
        }
        public class Store
        {
            public async Task SaveAsync(Order order)
            {
                using var s3 = [|new AmazonS3Client()|];
                await s3.PutObjectAsync(new PutObjectRequest { BucketName = "b", Key = order.Id });
            }
        }
        """,
        """
        // Through an interface.
        public class Function
        {
            private readonly IStore _store;
            public Function(IStore store) { _store = store; }
            public Task Handler(Order input, ILambdaContext context) => _store.SaveAsync(input);
        }
        public interface IStore { Task SaveAsync(Order order); }
        public class Store : IStore
        {
            public async Task SaveAsync(Order order)
            {
                using var s3 = [|new AmazonS3Client()|];
                await s3.ListBucketsAsync();
            }
        }
        """,
        """
        // An unconditional assignment to a field is built each time too.
        private AmazonS3Client? _s3;
        public async Task Handler(Order input, ILambdaContext context)
        {
            _s3 = [|new AmazonS3Client()|];
            await _s3.ListBucketsAsync();
        }
        """,
        """
        // In a lambda of the handler.
        var tasks = input.Lines.Select(async line =>
        {
            using var http = [|new HttpClient()|];
            return await http.GetStringAsync(line);
        });
        await Task.WhenAll(tasks);
        """,
        """
        // Own clients cost as much as what they derive from.
        public class Api : HttpClient { }
        public class Function
        {
            public async Task<string> Handler(Order input, ILambdaContext context)
            {
                var api = [|new Api()|];
                return await api.GetStringAsync("https://example.com");
            }
        }
        """,
        """
        // WarmContext's own holder is for a static field.
        var warm = [|new WarmContext.Warm<AmazonS3Client>(() => new AmazonS3Client())|];
        await warm.Value.ListBucketsAsync();
        """,
        """
        public class Function(AmazonS3Config config)
        {
            public Task Handler(Order input, ILambdaContext context) => [|new AmazonS3Client(config)|].ListBucketsAsync();
        }
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        await s_s3.ListBucketsAsync();
        """,
        """
        private readonly AmazonS3Client _s3;
        public Function() { _s3 = new AmazonS3Client(); }
        public Task Handler(Order input, ILambdaContext context) => _s3.ListBucketsAsync();
        """,
        """
        private static AmazonS3Client? s_s3;
        ---
        s_s3 ??= new AmazonS3Client();
        """,
        """
        private static AmazonS3Client? s_s3;
        ---
        if (s_s3 == null)
        {
            s_s3 = new AmazonS3Client();
        }
        """,
        """
        private static AmazonS3Client? s_s3;
        private static readonly object s_gate = new();
        ---
        lock (s_gate)
        {
            if (s_s3 is null)
            {
                s_s3 = new AmazonS3Client();
            }
        }
        """,
        """
        private static readonly Lazy<AmazonS3Client> s_s3 = new(() => new AmazonS3Client());
        ---
        await s_s3.Value.ListBucketsAsync();
        """,
        """
        private static readonly WarmContext.Warm<AmazonS3Client> s_s3 = new(() => new AmazonS3Client());
        ---
        await s_s3.Value.ListBucketsAsync();
        """,
        """
        private static readonly ConcurrentDictionary<string, AmazonS3Client> s_clients = new();
        ---
        var s3 = s_clients.GetOrAdd(input.Region, region => new AmazonS3Client(Amazon.RegionEndpoint.GetBySystemName(region)));
        """,
        """
        // A factory.
        private static AmazonS3Client? s_s3;
        private static AmazonS3Client Create() => new AmazonS3Client();
        public async Task Handler(Order input, ILambdaContext context)
        {
            s_s3 ??= Create();
            await s_s3.ListBucketsAsync();
        }
        """,
        """
        // The tenant's credentials come with the invocation: this client can't be shared.
        using var s3 = new AmazonS3Client(input.Id, input.Tenant);
        """,
        """
        // Session credentials that had to be fetched.
        private static Task<SessionAWSCredentials> AssumeAsync() => Task.FromResult(new SessionAWSCredentials("a", "b", "c"));
        public async Task Handler(Order input, ILambdaContext context)
        {
            var credentials = await AssumeAsync();
            using var s3 = new AmazonS3Client(credentials);
            await s3.ListBucketsAsync();
        }
        """,
        """
        // Thin wrappers over what is shared.
        private static readonly AmazonS3Client s_s3 = new();
        private static readonly SocketsHttpHandler s_handler = new();
        ---
        using var transfer = new TransferUtility(s_s3);
        using var http = new HttpClient(s_handler, disposeHandler: false);
        """,
        """
        // From a factory made for it.
        public class Function
        {
            private readonly IHttpClientFactory _factory;
            public Function(IHttpClientFactory factory) { _factory = factory; }
            public async Task<string> Handler(Order input, ILambdaContext context)
            {
                using var http = _factory.CreateClient("api");
                return await http.GetStringAsync("https://example.com");
            }
        }
        public interface IHttpClientFactory { HttpClient CreateClient(string name); }
        """,
        """
        // Configuration objects cost nothing.
        var config = new AmazonS3Config { Timeout = TimeSpan.FromSeconds(2) };
        var builder = new NpgsqlConnectionStringBuilder("Host=db");
        """,
        """
        // A pooled connection per invocation is right.
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        ---
        await using var connection = await s_db.OpenConnectionAsync();
        await using var other = new NpgsqlConnection("Host=db");
        """,
        """
        // No handler reaches it.
        public class Tool
        {
            public static async Task RunAsync()
            {
                using var s3 = new AmazonS3Client();
                await s3.ListBucketsAsync();
            }
        }
        """,
        """
        // Registrations of services run at Init.
        using Microsoft.Extensions.DependencyInjection;
        public class Function
        {
            private readonly IServiceProvider _services = Configure();
            private static IServiceProvider Configure() => new ServiceCollection().AddSingleton<IAmazonS3>(_ => new AmazonS3Client()).BuildServiceProvider();
            public Task Handler(Order input, ILambdaContext context) => _services.GetRequiredService<IAmazonS3>().ListBucketsAsync();
        }
        """,
        """
        private static HttpClient? s_http;
        private static HttpClient Http
        {
            get
            {
                if (s_http != null) return s_http;
                s_http = new HttpClient();
                return s_http;
            }
        }
        public Task<string> Handler(Order input, ILambdaContext context) => Http.GetStringAsync("https://example.com");
        """,
        """
        private static HttpClient? s_http;
        ---
        var http = LazyInitializer.EnsureInitialized(ref s_http, () => new HttpClient());
        """,
        """
        private static HttpClient? s_http;
        ---
        Interlocked.CompareExchange(ref s_http, new HttpClient(), null);
        """,
        """
        public class Function(IAmazonS3 s3)
        {
            public Task Handler(Order input, ILambdaContext context) => new TransferUtility(s3).UploadAsync(input.Id, "bucket");
        }
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);

    [Fact]
    public Task Types_named_in_the_editorconfig_count() => VerifyAsync(
        """
        public class Engine { }
        public class Function
        {
            public string Handler(Order input, ILambdaContext context) => [|new Engine()|].ToString()!;
        }
        """,
        new Dictionary<string, string> { ["warmcontext.costly_types"] = "Other.Thing, Engine" });
}

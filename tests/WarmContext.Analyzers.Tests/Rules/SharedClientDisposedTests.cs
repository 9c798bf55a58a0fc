namespace WarmContext.Analyzers.Tests;

public class SharedClientDisposedTests() : RuleTests(RuleIds.SharedClientDisposed)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        [|s_s3.Dispose()|];
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        using var [|s3 = s_s3|];
        await s3.ListBucketsAsync();
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        using (var [|s3 = s_s3|])
        {
            await s3.ListBucketsAsync();
        }
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        using ([|s_s3|])
        {
            await s_s3.ListBucketsAsync();
        }
        """,
        """
        private readonly HttpClient _http = new();
        public async Task Handler(Order input, ILambdaContext context)
        {
            await _http.GetStringAsync("https://example.com");
            [|_http.Dispose()|];
        }
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        ---
        await using var [|db = s_db|];
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        ---
        await [|s_db.DisposeAsync()|];
        """,
        """
        private static readonly WarmContext.Warm<AmazonS3Client> s_s3 = new(() => new AmazonS3Client());
        ---
        using var [|s3 = s_s3.Value|];
        """,
        """
        private static readonly Lazy<HttpClient> s_http = new(() => new HttpClient());
        ---
        [|s_http.Value.Dispose()|];
        """,
        """
        private static AmazonS3Client? s_s3 = new();
        ---
        [|s_s3?.Dispose()|];
        """,
        """
        private static IAmazonS3 S3 { get; } = new AmazonS3Client();
        ---
        using var [|s3 = S3|];
        """,
        """
        private static readonly HttpClient s_http = new();
        ---
        var http = s_http;
        try
        {
            await http.GetStringAsync("https://example.com");
        }
        finally
        {
            [|http.Dispose()|];
        }
        """,
        """
        public class Function
        {
            private readonly Store _store = new();
            public Task Handler(Order input, ILambdaContext context) => _store.SaveAsync();
        }
        public class Store
        {
            private readonly AmazonS3Client _s3 = new();
            public async Task SaveAsync()
            {
                using var [|s3 = _s3|];
                await s3.ListBucketsAsync();
            }
        }
        """,
        """
        public class Function(HttpClient http)
        {
            public async Task<string> Handler(string url, ILambdaContext context)
            {
                using ([|http|]) { }
                return await http.GetStringAsync(url);
            }
        }
        """,
        """
        public class Shop
        {
            protected HttpClient Http { get; } = new();
        }
        public class Function : Shop
        {
            public void Handler(Order input, ILambdaContext context) => [|Http.Dispose()|];
        }
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        using var stream = new MemoryStream();
        """,
        """
        // Built here, disposed here: WARM0001's business.
        using var s3 = new AmazonS3Client();
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        await s_s3.ListBucketsAsync();
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db");
        ---
        await using var connection = await s_db.OpenConnectionAsync();
        """,
        """
        // The owner's Dispose.
        public sealed class Function : IDisposable
        {
            private readonly AmazonS3Client _s3 = new();
            public Task Handler(Order input, ILambdaContext context) { Dispose(); return _s3.ListBucketsAsync(); }
            public void Dispose() => _s3.Dispose();
        }
        """,
        """
        // A rotation puts a new one in its place.
        private static AmazonS3Client s_s3 = new();
        ---
        s_s3.Dispose();
        s_s3 = new AmazonS3Client();
        """,
        """
        private static readonly AmazonS3Client s_s3 = new();
        ---
        using var response = await s_s3.GetObjectAsync("bucket", "key");
        """,
        """
        // A property that makes a new one is a factory.
        private static HttpClient Fresh => new HttpClient();
        ---
        using var http = Fresh;
        """,
        """
        // Cheap things in fields may be disposed.
        private readonly MemoryStream _buffer = new();
        public void Handler(Order input, ILambdaContext context) => _buffer.Dispose();
        """,
        """
        // An object of this invocation with its own client.
        public class Function
        {
            public async Task Handler(Order input, ILambdaContext context)
            {
                var job = new Job();
                await job.RunAsync();
            }
        }
        public class Job
        {
            private readonly HttpClient _http = new();
            public async Task RunAsync()
            {
                await _http.GetStringAsync("https://example.com");
                _http.Dispose();
            }
        }
        """,
        """
        private static readonly HttpClient s_http = new();
        ---
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.com");
        using var response = await s_http.SendAsync(request);
        """,
        """
        // Nobody's handler.
        public class Tool
        {
            private static readonly HttpClient s_http = new();
            public static void Stop() => s_http.Dispose();
        }
        """,
        """
        public class Function
        {
            public void Handler(Order input, ILambdaContext context) => new Step().Run(context);
        }
        public class Step
        {
            private readonly HttpClient _http = new();
            public void Run(ILambdaContext context) => _http.Dispose();
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

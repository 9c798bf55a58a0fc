namespace WarmContext.Analyzers.Tests;

public class UniqueValueBeforeSnapshotTests() : RuleTests(RuleIds.UniqueValueBeforeSnapshot)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly Guid s_id = [|Guid.NewGuid()|];
        public string Handler(Order input, ILambdaContext context) => s_id.ToString();
        """,
        """
        private readonly string _id = [|Guid.NewGuid()|].ToString("N");
        public string Handler(Order input, ILambdaContext context) => _id;
        """,
        """
        private static readonly Random s_random = [|new Random()|];
        public string Handler(Order input, ILambdaContext context) => s_random.Next().ToString();
        """,
        """
        private static readonly Random s_random = [|new()|];
        public string Handler(Order input, ILambdaContext context) => s_random.Next().ToString();
        """,
        """
        private static readonly byte[] s_key = [|System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)|];
        public string Handler(Order input, ILambdaContext context) => s_key.Length.ToString();
        """,
        """
        private static readonly DateTime s_expires = [|DateTime.UtcNow.AddMinutes(15)|];
        public string Handler(Order input, ILambdaContext context) => s_expires.ToString();
        """,
        """
        private static DateTimeOffset s_expires = [|DateTimeOffset.UtcNow + TimeSpan.FromHours(1)|];
        public string Handler(Order input, ILambdaContext context) => s_expires.ToString();
        """,
        """
        private readonly string _id;
        public Function() { _id = [|Guid.NewGuid()|].ToString(); }
        public string Handler(Order input, ILambdaContext context) => _id;
        """,
        """
        private static readonly int s_seed;
        static Function() { s_seed = [|Random.Shared.Next()|]; }
        public string Handler(Order input, ILambdaContext context) => s_seed.ToString();
        """,
        """
        private static readonly System.Diagnostics.Stopwatch s_age = [|System.Diagnostics.Stopwatch.StartNew()|];
        public string Handler(Order input, ILambdaContext context) => s_age.Elapsed.ToString();
        """,
        """
        private static string Worker { get; } = "worker-" + [|Path.GetRandomFileName()|];
        public string Handler(Order input, ILambdaContext context) => Worker;
        """,
        """
        public static class Ids { public static readonly Guid Instance = [|Guid.NewGuid()|]; }
        public class Function
        {
            public string Handler(Order input, ILambdaContext context) => Ids.Instance.ToString();
        }
        """,
        """
        public class Function
        {
            private readonly byte[] _key = new byte[32];
            public Function() => [|System.Security.Cryptography.RandomNumberGenerator.Fill(_key)|];
            public int Handler(Order input, ILambdaContext context) => _key.Length;
        }
        """,
        """
        public abstract class Shop<T>
        {
            public Task<string> Handler(T input, ILambdaContext context) => Task.FromResult("ok");
        }
        public class Function : Shop<Order>
        {
            private static readonly Guid s_id = [|Guid.NewGuid()|];
        }
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        var id = Guid.NewGuid();
        return id.ToString();
        """,
        """
        private static Guid Id => Guid.NewGuid();
        public string Handler(Order input, ILambdaContext context) => Id.ToString();
        """,
        """
        private static readonly Lazy<Guid> s_id = new(() => Guid.NewGuid());
        public string Handler(Order input, ILambdaContext context) => s_id.Value.ToString();
        """,
        """
        private static Guid s_id = Guid.NewGuid();
        static Function() { SnapshotRestore.RegisterAfterRestore(() => { s_id = Guid.NewGuid(); return default; }); }
        public string Handler(Order input, ILambdaContext context) => s_id.ToString();
        """,
        """
        private static readonly DateTime s_started = DateTime.UtcNow;
        public string Handler(Order input, ILambdaContext context) => s_started.ToString();
        """,
        """
        private static readonly Guid s_empty = Guid.Empty;
        private static readonly Guid s_fixed = Guid.Parse("00000000-0000-0000-0000-000000000001");
        public string Handler(Order input, ILambdaContext context) => s_empty.ToString() + s_fixed;
        """,
        """
        public Function() { Console.WriteLine(Guid.NewGuid()); }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        private static readonly Func<Guid> s_next = () => Guid.NewGuid();
        public string Handler(Order input, ILambdaContext context) => s_next().ToString();
        """,
        """
        private static readonly TimeSpan s_life = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1);
        public string Handler(Order input, ILambdaContext context) => s_life.ToString();
        """,
        """
        private static readonly DateTime s_epoch = new DateTime(2020, 1, 1).AddDays(1);
        public string Handler(Order input, ILambdaContext context) => s_epoch.ToString();
        """,
        """
        return Random.Shared.Next().ToString();
        """,
        """
        public static class Tool
        {
            public static readonly Guid Id = Guid.NewGuid();
        }
        """,
        """
        public Function()
        {
            var probe = Guid.NewGuid();
            Console.WriteLine(probe);
        }
        public string Handler(Order input, ILambdaContext context) => "ok";
        """,
        """
        public class Function
        {
            public Function()
            {
                var buffer = new byte[32];
                System.Security.Cryptography.RandomNumberGenerator.Fill(buffer);
            }
            public int Handler(Order input, ILambdaContext context) => 1;
        }
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
    public Task Without_SnapStart_an_id_at_Init_is_unique() => VerifyAsync(
        "private static readonly Guid s_id = Guid.NewGuid();\npublic string Handler(Order input, ILambdaContext context) => "
            + "s_id.ToString();",
        new Dictionary<string, string>());
}

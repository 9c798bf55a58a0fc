namespace WarmContext.Analyzers.Tests;

public class StateAsLivenessCheckTests() : RuleTests(RuleIds.StateAsLivenessCheck)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if ([|s_connection.State != ConnectionState.Open|])
        {
            await s_connection.OpenAsync();
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if ([|s_connection.State == ConnectionState.Open|])
        {
            return "open";
        }
        """,
        """
        private readonly NpgsqlConnection _connection = new("Host=db");
        public async Task Handler(Order input, ILambdaContext context)
        {
            if ([|_connection.State == ConnectionState.Closed|])
            {
                await _connection.OpenAsync();
            }
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if ([|s_connection.State is not ConnectionState.Open|])
        {
            await s_connection.OpenAsync();
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if ([|s_connection.State is ConnectionState.Closed or ConnectionState.Broken|])
        {
            await s_connection.OpenAsync();
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if (![|s_connection.FullState.HasFlag(ConnectionState.Open)|])
        {
            await s_connection.OpenAsync();
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if ([|(s_connection.FullState & ConnectionState.Broken) != 0|])
        {
            await s_connection.OpenAsync();
        }
        """,
        """
        private static IDbConnection s_connection = new NpgsqlConnection("Host=db");
        ---
        if ([|ConnectionState.Open != s_connection.State|])
        {
            s_connection.Open();
        }
        """,
        """
        private static NpgsqlConnection? s_connection;
        ---
        var alive = [|s_connection?.State == ConnectionState.Open|];
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        private static bool IsAlive() => [|s_connection.State == ConnectionState.Open|];
        public string Handler(Order input, ILambdaContext context) => IsAlive().ToString();
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        [|switch (s_connection.State)
        {
            case ConnectionState.Closed:
                await s_connection.OpenAsync();
                break;
        }|]
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        var connection = s_connection;
        while ([|connection.State != ConnectionState.Open|])
        {
            await connection.OpenAsync();
        }
        """,
        """
        private static NpgsqlConnection? s_connection;
        ---
        if ([|s_connection is not { State: ConnectionState.Open }|])
        {
            s_connection = new NpgsqlConnection("Host=db");
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        var text = [|s_connection.State switch { ConnectionState.Open => "open", _ => "not" }|];
        """,
        """
        public class Function(NpgsqlConnection connection)
        {
            public async Task Handler(Order input, ILambdaContext context)
            {
                if ([|connection.State != ConnectionState.Open|])
                {
                    await connection.OpenAsync();
                }
            }
        }
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
        // Just made here: whether it is open is known to nobody else.
        await using var connection = new NpgsqlConnection("Host=db");
        if (connection.State != ConnectionState.Open)
        {
            await connection.OpenAsync();
        }
        """,
        """
        // Somebody else's connection, as a library gets it.
        private static async Task Ensure(DbConnection connection)
        {
            if (connection.State != ConnectionState.Open) await connection.OpenAsync();
        }
        public async Task Handler(Order input, ILambdaContext context)
        {
            await using var connection = new NpgsqlConnection("Host=db");
            await Ensure(connection);
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if (s_connection.State != ConnectionState.Closed)
        {
            await s_connection.CloseAsync();
        }
        """,
        """
        public sealed class Function : IDisposable
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public Task Handler(Order input, ILambdaContext context) { Dispose(); return Task.CompletedTask; }
            public void Dispose() { if (_connection.State == ConnectionState.Open) _connection.Close(); }
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        Console.WriteLine(s_connection.State);
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        var seen = new List<ConnectionState> { s_connection.State };
        """,
        """
        // Another State.
        private static readonly Task s_task = Task.CompletedTask;
        ---
        if (s_task.Status == TaskStatus.RanToCompletion) { return "done"; }
        """,
        """
        private static ConnectionState s_last = ConnectionState.Closed;
        ---
        if (s_last == ConnectionState.Open) { return "open"; }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        s_connection.StateChange += (_, change) => { if (change.CurrentState == ConnectionState.Broken) Console.WriteLine("broken"); };
        """,
        """
        // An object that lives within the invocation.
        public class Function
        {
            public async Task Handler(Order input, ILambdaContext context) => await new Work().RunAsync();
        }
        public class Work
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public async Task RunAsync() { if (_connection.State != ConnectionState.Open) await _connection.OpenAsync(); }
        }
        """,
        """
        // No handler comes here.
        public class Tool
        {
            private static readonly NpgsqlConnection s_connection = new("Host=db");
            public static bool Check() => s_connection.State == ConnectionState.Open;
        }
        """,
        """
        private static readonly NpgsqlConnection s_connection = new("Host=db");
        ---
        if (s_connection is { State: not ConnectionState.Closed })
        {
            await s_connection.CloseAsync();
        }
        """,
        """
        public class Function
        {
            public Task Handler(Order input, ILambdaContext context) => new Step().RunAsync(context);
        }
        public class Step
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public Task RunAsync(ILambdaContext context) => _connection.State == ConnectionState.Open ? Task.CompletedTask : _connection.OpenAsync();
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

namespace WarmContext.Analyzers.Tests;

public class ConnectionInFieldTests() : RuleTests(RuleIds.ConnectionInField)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private static readonly NpgsqlConnection [|s_connection|] = new("Host=db");
        ---
        await s_connection.OpenAsync();
        """,
        """
        private static NpgsqlConnection? [|s_connection|];
        ---
        s_connection ??= new NpgsqlConnection("Host=db");
        """,
        """
        private readonly NpgsqlConnection [|_connection|] = new("Host=db");
        public Task Handler(Order input, ILambdaContext context) => _connection.OpenAsync();
        """,
        """
        private static DbConnection? [|s_connection|];
        ---
        s_connection = new NpgsqlConnection("Host=db");
        """,
        """
        private static IDbConnection? [|s_connection|];
        ---
        s_connection = new NpgsqlConnection("Host=db");
        """,
        """
        public static NpgsqlConnection [|Connection|] { get; } = new("Host=db");
        ---
        await Connection.OpenAsync();
        """,
        """
        private static readonly Lazy<NpgsqlConnection> [|s_connection|] = new(() => new NpgsqlConnection("Host=db"));
        ---
        await s_connection.Value.OpenAsync();
        """,
        """
        private static Task<NpgsqlConnection>? [|s_connection|];
        ---
        s_connection = null;
        """,
        """
        private static readonly MySqlConnector.MySqlConnection [|s_connection|] = new("Server=db");
        ---
        await s_connection.OpenAsync();
        """,
        """
        private static readonly Microsoft.Data.SqlClient.SqlConnection [|s_connection|] = new("Server=db");
        ---
        await s_connection.OpenAsync();
        """,
        """
        // A service that the handler holds.
        public class Function
        {
            private readonly Orders _orders = new();
            public Task Handler(Order input, ILambdaContext context) => _orders.SaveAsync();
        }
        public class Orders
        {
            private readonly NpgsqlConnection [|_connection|] = new("Host=db");
            public Task SaveAsync() => _connection.OpenAsync();
        }
        """,
        """
        // A static in another class.
        public static class Db
        {
            public static NpgsqlConnection? [|Connection|];
        }
        public class Function
        {
            public Task Handler(Order input, ILambdaContext context) => Db.Connection!.OpenAsync();
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
        private static readonly WarmContext.Npgsql.WarmNpgsqlDataSource s_db = new("Host=db");
        ---
        await using var connection = await s_db.OpenConnectionAsync();
        """,
        """
        private static readonly string s_connectionString = "Host=db";
        ---
        await using var connection = new NpgsqlConnection(s_connectionString);
        """,
        """
        private static readonly Func<NpgsqlConnection> s_open = () => new NpgsqlConnection("Host=db");
        ---
        await using var connection = s_open();
        """,
        """
        // A unit of work owns its connection for a scope.
        public class Function
        {
            public async Task Handler(Order input, ILambdaContext context)
            {
                using var work = new UnitOfWork();
                await work.SaveAsync();
            }
        }
        public sealed class UnitOfWork : IDisposable
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public Task SaveAsync() => _connection.OpenAsync();
            public void Dispose() => _connection.Dispose();
        }
        """,
        """
        // Built in the invocation, gone with it.
        public class Function
        {
            public async Task Handler(Order input, ILambdaContext context)
            {
                await using var connection = new NpgsqlConnection("Host=db");
                await new Orders(connection).SaveAsync();
            }
        }
        public class Orders
        {
            private readonly NpgsqlConnection _connection;
            public Orders(NpgsqlConnection connection) { _connection = connection; }
            public Task SaveAsync() => _connection.OpenAsync();
        }
        """,
        """
        // A data carrier.
        public record Scope(NpgsqlConnection Connection);
        public class Function
        {
            public Task Handler(Order input, ILambdaContext context) => Task.CompletedTask;
        }
        """,
        """
        // A property that opens a new one.
        private static NpgsqlConnection Fresh => new("Host=db");
        ---
        await using var connection = Fresh;
        """,
        """
        [ThreadStatic]
        private static NpgsqlConnection? t_connection;
        ---
        t_connection = null;
        """,
        """
        private static readonly AsyncLocal<NpgsqlConnection?> s_current = new();
        ---
        s_current.Value = null;
        """,
        """
        private static readonly List<string> s_connections = new();
        ---
        s_connections.Clear();
        """,
        """
        // A class no handler uses.
        public class Function
        {
            public Task Handler(Order input, ILambdaContext context) => Task.CompletedTask;
        }
        public class Migration
        {
            private readonly NpgsqlConnection _connection = new("Host=db");
            public Task RunAsync() => _connection.OpenAsync();
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
            public Task RunAsync(ILambdaContext context) => _connection.OpenAsync();
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

namespace WarmContext.Analyzers.Tests;

public class FreezeUnsafeConnectionStringTests() : RuleTests(RuleIds.FreezeUnsafeConnectionString)
{
    public static TheoryData<string> Wrong => new()
    {
        """
        private const string Db = [|"Host=db;Keepalive=30"|];
        ---
        await using var connection = new NpgsqlConnection(Db);
        """,
        """
        private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create([|"Host=db;Database=app;Connection Lifetime=0"|]);
        ---
        await using var connection = await s_db.OpenConnectionAsync();
        """,
        """
        await using var connection = new NpgsqlConnection([|"Host=db;Minimum Pool Size=5"|]);
        """,
        """
        await using var connection = new NpgsqlConnection([|"Host=db;Timeout=0;Username=app"|]);
        """,
        """
        await using var connection = new NpgsqlConnection([|"Server=db;Command Timeout=0"|]);
        """,
        """
        var builder = new NpgsqlConnectionStringBuilder { Host = "db", [|KeepAlive = 30|] };
        """,
        """
        var builder = new NpgsqlConnectionStringBuilder("Host=db");
        [|builder.MinPoolSize = 2|];
        """,
        """
        var builder = new NpgsqlConnectionStringBuilder("Host=db");
        [|builder.CommandTimeout = 0|];
        """,
        """
        var text = $"[|Host=db;Keepalive=10;Password=|]{input.Id}";
        """,
        """
        var text = $"Host={input.Id}[|;MinPoolSize=3|]";
        """,
        """
        await using var connection = new MySqlConnector.MySqlConnection([|"server=db;keepalive=60"|]);
        """,
        """
        await using var connection = new Microsoft.Data.SqlClient.SqlConnection([|"Data Source=db;Connect Timeout=0"|]);
        """,
        """
        var builder = new Microsoft.Data.SqlClient.SqlConnectionStringBuilder();
        [|builder.ConnectTimeout = 0|];
        """,
        """
        var text = "Host=db;" + [|"Timeout=0;"|] + "Database=app";
        """,
    };

    public static TheoryData<string> Right => new()
    {
        """
        private const string Db = "Host=db;Database=app;Username=app";
        ---
        await using var connection = new NpgsqlConnection(Db);
        """,
        """
        await using var connection = new NpgsqlConnection("Host=db;Keepalive=0");
        """,
        """
        await using var connection = new NpgsqlConnection("Host=db;Connection Lifetime=300;Timeout=5;Command Timeout=10");
        """,
        """
        await using var connection = new NpgsqlConnection("Host=db;Minimum Pool Size=0;Maximum Pool Size=4");
        """,
        """
        var builder = new NpgsqlConnectionStringBuilder { Host = "db", Timeout = 5, KeepAlive = 0 };
        """,
        """
        // No connection string.
        Console.WriteLine("usage: tool --Timeout=0;--Keepalive=5");
        """,
        """
        var url = "https://example.com/?timeout=0&keepalive=30";
        """,
        """
        var seconds = input.Amount;
        var builder = new NpgsqlConnectionStringBuilder("Host=db");
        builder.KeepAlive = seconds;
        """,
        """
        private sealed class Settings { public int KeepAlive { get; set; } public int Timeout { get; set; } }
        ---
        var settings = new Settings { KeepAlive = 30, Timeout = 0 };
        """,
        """
        var header = "Keep-Alive: timeout=5; server=nginx";
        """,
        """
        var text = $"Host={input.Id};Timeout={input.Amount}";
        """,
        """
        var builder = new NpgsqlConnectionStringBuilder("Host=db") { MaxPoolSize = 2, Pooling = true };
        """,
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task Is_reported(string code) => ReportedAsync(code);

    [Theory]
    [MemberData(nameof(Right))]
    public Task Stays_silent(string code) => SilentAsync(code);
}

// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
namespace MySqlConnector;

public sealed class MySqlConnection : DbConnection
{
    public MySqlConnection(string connectionString) => throw null;

    public override string ConnectionString { get; set; }

    public override string Database => throw null;

    public override string DataSource => throw null;

    public override string ServerVersion => throw null;

    public override ConnectionState State => throw null;

    public override void ChangeDatabase(string databaseName) => throw null;

    public override void Close() => throw null;

    public override void Open() => throw null;

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw null;

    protected override DbCommand CreateDbCommand() => throw null;
}

public sealed class MySqlDataSource : DbDataSource
{
    public MySqlDataSource(string connectionString) => throw null;

    public override string ConnectionString => throw null;

    protected override DbConnection CreateDbConnection() => throw null;
}

public sealed class MySqlDataSourceBuilder
{
    public MySqlDataSourceBuilder(string connectionString) => throw null;

    public MySqlDataSource Build() => throw null;
}

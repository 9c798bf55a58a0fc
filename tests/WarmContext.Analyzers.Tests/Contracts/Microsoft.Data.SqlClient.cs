// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
namespace Microsoft.Data.SqlClient;

public sealed class SqlConnection : DbConnection
{
    public SqlConnection(string connectionString) => throw null;

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

public sealed class SqlConnectionStringBuilder : DbConnectionStringBuilder
{
    public int ConnectTimeout { get; set; }

    public int MinPoolSize { get; set; }
}

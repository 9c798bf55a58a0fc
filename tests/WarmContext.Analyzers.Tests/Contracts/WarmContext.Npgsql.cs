// Signatures only, until the analyzers' tests can reference the real type.
#nullable disable
using Npgsql;

namespace WarmContext.Npgsql;

public sealed class WarmNpgsqlDataSource : DbDataSource
{
    public WarmNpgsqlDataSource(string connectionString) => throw null;

    public override string ConnectionString => throw null;

    public new ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default) => throw null;

    protected override DbConnection CreateDbConnection() => throw null;
}

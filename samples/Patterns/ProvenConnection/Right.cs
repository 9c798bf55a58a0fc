using Amazon.Lambda.Core;
using Npgsql;
using WarmContext.Npgsql;

namespace Patterns.ProvenConnection.Right;

public class Function
{
    private static readonly WarmNpgsqlDataSource s_database = new(Environment.GetEnvironmentVariable("DATABASE")!);

    public async Task<object?> HandleAsync(string sql, ILambdaContext context)
    {
        await using var connection = await s_database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT now()", connection);
        return await command.ExecuteScalarAsync();
    }
}

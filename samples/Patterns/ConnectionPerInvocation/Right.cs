using Amazon.Lambda.Core;
using Npgsql;
using WarmContext.Npgsql;

namespace Patterns.ConnectionPerInvocation.Right;

public class Function
{
    private static readonly WarmNpgsqlDataSource s_database = new(Environment.GetEnvironmentVariable("DATABASE")!);

    public async Task<object?> HandleAsync(int id, ILambdaContext context)
    {
        await using var connection = await s_database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT name FROM customers WHERE id = $1", connection);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync();
    }
}

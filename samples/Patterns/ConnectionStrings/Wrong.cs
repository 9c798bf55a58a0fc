using Amazon.Lambda.Core;
using Npgsql;
using WarmContext.Npgsql;

namespace Patterns.ConnectionStrings.Wrong;

public class Function
{
    private static readonly WarmNpgsqlDataSource s_database = new("Host=db;Database=orders;Command Timeout=0"); // expect: WARM0009

    public async Task<object?> HandleAsync(string input, ILambdaContext context)
    {
        await using var connection = await s_database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM orders", connection);
        return await command.ExecuteScalarAsync();
    }
}

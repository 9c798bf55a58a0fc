using Amazon.Lambda.Core;
using Npgsql;

namespace Patterns.ConnectionPerInvocation.Wrong;

public class Function
{
    private static readonly NpgsqlConnection s_connection = new(Environment.GetEnvironmentVariable("DATABASE")); // expect: WARM0003

    public async Task<object?> HandleAsync(int id, ILambdaContext context)
    {
        await s_connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT name FROM customers WHERE id = $1", s_connection);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync();
    }
}

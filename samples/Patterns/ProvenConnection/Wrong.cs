using System.Data;
using Amazon.Lambda.Core;
using Npgsql;

namespace Patterns.ProvenConnection.Wrong;

public class Function
{
#pragma warning disable WARM0003 // The subject here is the check.
    private static readonly NpgsqlConnection s_connection = new(Environment.GetEnvironmentVariable("DATABASE"));
#pragma warning restore WARM0003

    public async Task<object?> HandleAsync(string sql, ILambdaContext context)
    {
        if (s_connection.State != ConnectionState.Open) // expect: WARM0004
        {
            await s_connection.OpenAsync();
        }

        await using var command = new NpgsqlCommand("SELECT now()", s_connection);
        return await command.ExecuteScalarAsync();
    }
}

public static class StaticConnection
{
    private static readonly NpgsqlConnection s_connection = new(Environment.GetEnvironmentVariable("DB")); // expect: WARM0003

    public static async Task<string?> Handle(int id, ILambdaContext context)
    {
        if (s_connection.State != ConnectionState.Open) // expect: WARM0004
        {
            await s_connection.OpenAsync();
        }

        await using var command = new NpgsqlCommand("SELECT name FROM users WHERE id = $1", s_connection);
        command.Parameters.AddWithValue(id);
        return (string?)await command.ExecuteScalarAsync();
    }
}

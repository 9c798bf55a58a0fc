public class ConnectionStrings
{
    private static readonly NpgsqlDataSource s_db = NpgsqlDataSource.Create("Host=db;Keepalive=30;Database=app"); // expect: WARM0009

    public async Task<object?> Handle(string sql, ILambdaContext context)
    {
        await using var connection = await s_db.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}

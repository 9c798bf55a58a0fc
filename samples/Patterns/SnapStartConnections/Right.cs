// option: warmcontext.snapstart=true

using Amazon.Lambda.Core;
using WarmContext.Npgsql;

namespace Patterns.SnapStartConnections.Right;

public class Function
{
    private readonly WarmNpgsqlDataSource _database = new(Environment.GetEnvironmentVariable("DATABASE")!);

    public async Task<string> HandleAsync(string input, ILambdaContext context)
    {
        await using var connection = await _database.OpenConnectionAsync();
        return connection.Database + input;
    }
}

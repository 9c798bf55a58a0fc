// option: warmcontext.snapstart=true

using Amazon.Lambda.Core;
using Npgsql;

namespace Patterns.SnapStartConnections.Wrong;

public class Function
{
#pragma warning disable WARM0003 // The subject here is the snapshot.
    private readonly NpgsqlConnection _connection = new(Environment.GetEnvironmentVariable("DATABASE"));
#pragma warning restore WARM0003

    public Function()
    {
        _connection.Open(); // expect: WARM0014
    }

    public string HandleAsync(string input, ILambdaContext context) => _connection.Database + input;
}

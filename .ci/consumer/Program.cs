using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using WarmContext;
using WarmContext.Files;
using WarmContext.Npgsql;
using WarmContext.S3;
using WarmContext.Testing;

// Uses every package as a user would who has nothing else of this repository; the one argument is a PostgreSQL connection string.
var unreachableS3 = new AmazonS3Config { ServiceURL = "http://127.0.0.1:9", MaxErrorRetry = 0 };
await using var provider = new ServiceCollection()
    .AddWarmContext()
    .AddWarm<IAmazonS3>(_ => new AmazonS3Client("local", "local", unreachableS3))
    .BuildServiceProvider();
await using var database = new WarmNpgsqlDataSource(args[0]);
var files = new S3FileCache(provider.GetRequiredService<Warm<IAmazonS3>>());
var audited = false;

var runner = provider.GetRequiredService<InvocationRunner>();
var answer = await runner.RunAsync(new InvocationInfo { RequestId = "consumer" }, database, async (database, invocation) =>
{
    await using var connection = await database.OpenConnectionAsync();
    await using var command = connection.CreateCommand();
    command.CommandText = "select 42";
    invocation.Background.Run("audit", async _ =>
    {
        await Task.Yield();
        audited = true;
    });
    return (int)(await command.ExecuteScalarAsync())!;
});

var unreachable = await Record(() => files.GetAsync("models", "prices.json").AsTask());
var nothing = new LocalFunctionOptions { Handler = "Nothing::Here.Type::Method", AssemblyDirectory = AppContext.BaseDirectory };
var noFunction = await Record(() => LocalExecutionEnvironment.StartAsync(nothing));
Console.WriteLine($"answer {answer}, audited {audited}\n{unreachable?.Message}\n{noFunction?.Message}");
return answer == 42 && audited && unreachable is FileCacheException && noFunction is not null ? 0 : 1;

static async Task<Exception?> Record(Func<Task> action)
{
    try
    {
        await action();
        return null;
    }
    catch (Exception exception)
    {
        return exception;
    }
}

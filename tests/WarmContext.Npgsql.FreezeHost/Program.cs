using System.Diagnostics;
using System.Globalization;
using Npgsql;
using WarmContext;
using WarmContext.Npgsql;

// Usage: <connection string> <preset> <password file or -> <probe timeout or ->. Every line on standard input is one invocation; the answer
// is "ok <backend pid> <lease ms>" or "failed <error>". "loaded <assembly>" asks whether the process has loaded one.
var options = new WarmNpgsqlOptions { Preset = Enum.Parse<WarmNpgsqlPreset>(args[1]) };
if (args[2] != "-")
{
    options.PasswordProvider = async (_, cancellationToken) => new WarmPassword(await File.ReadAllTextAsync(args[2], cancellationToken));
}

if (args[3] != "-")
{
    options.ProbeTimeout = TimeSpan.Parse(args[3], CultureInfo.InvariantCulture);
}

await using var source = new WarmNpgsqlDataSource(args[0], options);
var runner = new InvocationRunner();
var number = 0;
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line.Split(' ') is ["loaded", var name])
    {
        Console.WriteLine(AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == name));
        continue;
    }

    string answer;
    try
    {
        var info = new InvocationInfo
        {
            RequestId = (++number).ToString(CultureInfo.InvariantCulture), Deadline = DateTimeOffset.UtcNow.AddSeconds(15),
        };
        answer = await runner.RunAsync(info, source, static async (source, _) =>
        {
            var watch = Stopwatch.StartNew();
            await using var connection = await source.OpenConnectionAsync();
            var took = watch.Elapsed;
            await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
            var pid = await command.ExecuteScalarAsync();
            return string.Create(CultureInfo.InvariantCulture, $"ok {pid} {took.TotalMilliseconds:0.0}");
        });
    }
    catch (Exception exception)
    {
        answer = "failed " + exception.ToString().ReplaceLineEndings(" | ");
    }

    Console.WriteLine(answer);
}

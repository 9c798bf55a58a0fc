using System.Runtime.Loader;
using Amazon.Lambda.Core;
using Microsoft.CodeAnalysis;
using Npgsql;
using WarmContext.LocalServices;

namespace WarmContext.Analyzers.Tests;

/// <summary>Runs a handler as it was and as each fix left it: the answer is the same.</summary>
public class BehaviourTests
{
    public static TheoryData<string, string> Handlers => new()
    {
        {
            RuleIds.CostlyClientPerInvocation,
            """
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
                await Task.Yield();
                return input + http.Timeout;
            }
            """
        },
        {
            RuleIds.LazyCachesException,
            """
            private static readonly Lazy<Task<string>> s_text = new(() => Task.Run(async () => { await Task.Delay(1); return "lazy"; }));
            private static readonly Lazy<string> s_file = new(() => File.ReadAllText("/proc/self/comm").Substring(0, 0) + "file");
            public async Task<string> Handler(string input, ILambdaContext context) => input + await s_text.Value + s_file.Value;
            """
        },
        {
            RuleIds.FireAndForget,
            """
            private static int s_done;
            private static async Task WorkAsync() { await Task.Yield(); s_done = 1; }
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                WorkAsync();
                await Task.Yield();
                return input + (s_done < 2);
            }
            """
        },
        {
            RuleIds.AsyncVoid,
            """
            private static string s_seen = "";
            private static async void Note() { s_seen = "seen"; await Task.Yield(); }
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                Note();
                await Task.Yield();
                return input + s_seen;
            }
            """
        },
        {
            RuleIds.FreezeUnsafeConnectionString,
            """
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                await Task.Yield();
                return input + new NpgsqlConnectionStringBuilder("Host=db;Keepalive=30;Database=app").Database;
            }
            """
        },
        {
            RuleIds.BlockingStaticConstructor,
            """
            private static Task<string> LoadAsync() => Task.Run(() => "loaded");
            private static readonly string s_text = Task.FromResult("loaded").GetAwaiter().GetResult();
            public async Task<string> Handler(string input, ILambdaContext context) { await LoadAsync(); return input + s_text + s_text.Length; }
            """
        },
        {
            RuleIds.FileOutsideTemporaryDirectory,
            """
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                await File.WriteAllTextAsync("warmcontext-behaviour.txt", input + "written");
                var text = File.ReadAllText("warmcontext-behaviour.txt");
                File.Delete("warmcontext-behaviour.txt");
                return text;
            }
            """
        },
        {
            RuleIds.UncheckedTemporaryFile,
            """
            private static readonly string s_path = "/tmp/warmcontext-" + Environment.ProcessId + Guid.NewGuid().ToString("N");
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                if (!File.Exists(s_path))
                {
                    await File.WriteAllTextAsync(s_path, input + "cached");
                }

                var text = File.ReadAllText(s_path);
                File.Delete(s_path);
                return text;
            }
            """
        },
        {
            RuleIds.SharedClientDisposed,
            """
            private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(4) };
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                using var http = s_http;
                await Task.Yield();
                return input + http.Timeout;
            }
            """
        },
    };

    public static TheoryData<string, string> DatabaseHandlers => new()
    {
        {
            RuleIds.ConnectionInField,
            """
            private static readonly NpgsqlConnection s_connection = new(Environment.GetEnvironmentVariable("WARMCONTEXT_BEHAVIOUR_DATABASE"));
            public async Task<string> Handler(string input, ILambdaContext context)
            {
                if (s_connection.State != ConnectionState.Open)
                {
                    await s_connection.OpenAsync();
                }

                await using var command = new NpgsqlCommand("SELECT $1 || current_user || '-' || repeat('x', 3)", s_connection);
                command.Parameters.AddWithValue(input);
                return (string)(await command.ExecuteScalarAsync())!;
            }
            """
        },
        {
            RuleIds.TimerAcrossFreeze,
            """
            private static int s_asked;
            private static string s_password = "";
            private static readonly NpgsqlDataSource s_source = Build();
            private static ValueTask<string> PasswordAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref s_asked);
                return new(s_password);
            }

            private static NpgsqlDataSource Build()
            {
                // A password in the string and a provider exclude each other.
                var settings = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("WARMCONTEXT_BEHAVIOUR_DATABASE"));
                s_password = settings.Password!;
                settings.Password = null;
                var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
                builder.UsePeriodicPasswordProvider(PasswordAsync, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));
                return builder.Build();
            }

            public async Task<string> Handler(string input, ILambdaContext context)
            {
                await using var connection = await s_source.OpenConnectionAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = "SELECT current_user";
                return input + await command.ExecuteScalarAsync() + (s_asked > 0 ? " asked" : " not asked");
            }
            """
        },
    };

    [Theory]
    [MemberData(nameof(DatabaseHandlers))]
    public async Task A_fixed_handler_gets_the_same_from_the_database(string id, string handler)
    {
        var server = await LocalPostgres.GetAsync();
        var role = "behaviour_" + Guid.NewGuid().ToString("N");
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using (var create = source.CreateCommand($"CREATE ROLE {role} LOGIN PASSWORD 'behaviour'"))
        {
            await create.ExecuteNonQueryAsync();
        }

        try
        {
            var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = role, Password = "behaviour" };
            Environment.SetEnvironmentVariable("WARMCONTEXT_BEHAVIOUR_DATABASE", settings.ConnectionString);
            Assert.Contains(role, await VerifySameAsync(id, handler), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("WARMCONTEXT_BEHAVIOUR_DATABASE", null);
            await using var drop = source.CreateCommand($"DROP ROLE {role}");
            await drop.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public void Every_fix_has_a_handler_that_is_run()
    {
        var run = Handlers.Concat(DatabaseHandlers).Select(static row => (string)row[0]);
        Assert.Equal(
            FixRun.All.SelectMany(static fix => fix.FixableDiagnosticIds).Order(StringComparer.Ordinal),
            run.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public Task A_fixed_handler_answers_as_before(string id, string handler) => VerifySameAsync(id, handler);

    private static async Task<string> VerifySameAsync(string id, string handler)
    {
        var document = FixRun.Open(Sources.Wrap(handler), References.WithWarmContext);
        var before = await RunAsync(document);
        var found = await FixRun.FindAsync(document, id);
        var actions = await FixRun.ActionsAsync(document, found[0], FixRun.For(id));
        Assert.NotEmpty(actions);
        foreach (var action in actions)
        {
            Assert.Equal(before, await RunAsync(await FixRun.ApplyAsync(document, action)));
        }

        return before;
    }

    private static async Task<string> RunAsync(Document document)
    {
        using var stream = new MemoryStream();
        var result = (await document.Project.GetCompilationAsync())!.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        stream.Position = 0;
        var context = new AssemblyLoadContext("handler", isCollectible: true);
        var function = context.LoadFromStream(stream).GetType("Function")!;
        var handler = function.GetMethod("Handler")!
            .CreateDelegate<Func<string, ILambdaContext?, Task<string>>>(Activator.CreateInstance(function));
        var runner = new InvocationRunner();
        return await runner.RunAsync(
            new InvocationInfo { RequestId = Guid.NewGuid().ToString() }, handler, static (run, _) => run("input ", null));
    }
}

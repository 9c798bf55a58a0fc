using System.Text.RegularExpressions;
using System.Transactions;
using WarmContext.LocalServices;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>What the server itself saw, message by message: its log is the witness.</summary>
public sealed partial class TransactionTests
{
    private readonly FreezableTimeProvider _time = new();

    [GeneratedRegex(@"^(?<pid>\d+) .*(parse [^:]*|execute [^:]*|statement): (?<sql>.*)$")]
    private static partial Regex Logged();

    [Fact]
    public async Task The_probe_never_runs_inside_a_transaction()
    {
        await using var server = await PrivatePostgres.StartAsync(["log_min_duration_statement=0", "log_line_prefix='%p '"]);
        foreach (var preset in (WarmNpgsqlPreset[])[WarmNpgsqlPreset.Direct, WarmNpgsqlPreset.Proxy, WarmNpgsqlPreset.AuroraFailover])
        {
            await using var source = new WarmNpgsqlDataSource(
                server.ConnectionString,
                new WarmNpgsqlOptions { Environment = Db.Environment(_time, 4), Preset = preset, FreshFor = TimeSpan.Zero });
            await UseAsync(source);
        }

        var (probes, inside) = Count(await server.ReadLogAsync());
        Assert.True(probes > 20, $"The server saw {probes} probes.");
        Assert.Equal(0, inside);
    }

    /// <summary>Every way in which a connection may come to be probed while somebody has a transaction open.</summary>
    private static async Task UseAsync(WarmNpgsqlDataSource source)
    {
        for (var round = 0; round < 3; round++)
        {
            // Left open by its user.
            await using (var connection = await source.OpenConnectionAsync())
            {
                _ = await connection.BeginTransactionAsync();
                await connection.QueryAsync<int>("SELECT 1");
            }

            await using (var connection = await source.OpenConnectionAsync())
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await connection.QueryAsync<int>("SELECT 1");

                // Another lease at the same time.
                await source.UseAsync();
                await transaction.CommitAsync();
            }

            // Ambient, with a second lease inside.
            using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            {
                await source.UseAsync();
                await source.UseAsync();
                scope.Complete();
            }

            // Opened by its owner within one that is ambient.
            using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            {
                await using var scoped = source.CreateConnection();
                await scoped.OpenAsync();
                await scoped.QueryAsync<int>("SELECT 1");
                await scoped.CloseAsync();
                await scoped.OpenAsync();
                await scoped.QueryAsync<int>("SELECT 1");
                scope.Complete();
            }

            // Opened by its owner, as Entity Framework does.
            await using var own = source.CreateConnection();
            await own.OpenAsync();
            await using (var transaction = await own.BeginTransactionAsync())
            {
                await own.QueryAsync<int>("SELECT 1");
                await transaction.RollbackAsync();
            }
        }
    }

    private static (int Probes, int Inside) Count(string log)
    {
        var open = new HashSet<string>();
        var (probes, inside) = (0, 0);
        foreach (var match in log.Split('\n').Select(static line => Logged().Match(line)).Where(static match => match.Success))
        {
            var (pid, sql) = (match.Groups["pid"].Value, match.Groups["sql"].Value);
            if (sql.StartsWith("BEGIN", StringComparison.Ordinal))
            {
                open.Add(pid);
            }
            else if (sql.StartsWith("COMMIT", StringComparison.Ordinal) || sql.StartsWith("ROLLBACK", StringComparison.Ordinal))
            {
                open.Remove(pid);
            }
            else if (sql.StartsWith("-- ping", StringComparison.Ordinal) || sql.StartsWith(
                "SHOW transaction_read_only", StringComparison.Ordinal))
            {
                probes++;
                inside += open.Contains(pid) ? 1 : 0;
            }
        }

        return (probes, inside);
    }
}

using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Opening;

/// <summary>When the provider of passwords is asked, for how long its answer serves, and what becomes of a bad one.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class PasswordProviderTests(PostgresFixture postgres)
{
    private readonly FreezableTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    [Fact]
    public async Task A_rotated_password_is_asked_for_anew_when_the_kept_one_is_refused()
    {
        var role = $"rotating_{Guid.NewGuid():N}";
        await postgres.AdminAsync<object>($"CREATE ROLE {role} LOGIN PASSWORD 'first'");
        var secret = "first";
        var asked = 0;
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(_time),
            ApplicationName = _name,
            PasswordProvider = (request, _) =>
            {
                Assert.Equal(role, request.Username);
                asked++;
                return new ValueTask<WarmPassword>(secret);
            },
        };
        await using var source = new WarmNpgsqlDataSource($"{postgres.Cluster.For(postgres.Cluster.Port, role)};Password=", options);
        await source.UseAsync();
        await postgres.TerminateAsync(_name);
        _time.Freeze(TimeSpan.FromSeconds(10));
        await source.UseAsync();
        Assert.Equal(1, asked);

        secret = "second";
        await postgres.AdminAsync<object>($"ALTER ROLE {role} PASSWORD 'second'");
        await postgres.TerminateAsync(_name);
        _time.Freeze(TimeSpan.FromSeconds(10));

        Assert.True(await source.UseAsync() > 0);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_password_is_not_used_past_two_thirds_of_its_life()
    {
        var asked = 0;
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(_time),
            ApplicationName = _name,
            PasswordProvider = (_, _) =>
            {
                asked++;
                return new ValueTask<WarmPassword>(new WarmPassword(postgres.Cluster.AdminPassword, TimeSpan.FromMinutes(15)));
            },
        };
        await using var source = new WarmNpgsqlDataSource($"{postgres.Cluster.For(postgres.Cluster.Port)};Password=", options);
        await source.UseAsync();
        _time.Freeze(TimeSpan.FromMinutes(9));
        await source.UseAsync();
        Assert.Equal(1, asked);

        _time.Freeze(TimeSpan.FromMinutes(6));
        await source.UseAsync();
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_freeze_while_the_password_is_asked_for_counts_to_its_age()
    {
        var time = new ManualTimeProvider();
        var asked = 0;
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(time),
            ApplicationName = _name,
            PasswordProvider = (_, _) =>
            {
                asked++;
                time.AdvanceWallOnly(TimeSpan.FromMinutes(11));
                return new ValueTask<WarmPassword>(new WarmPassword(postgres.Cluster.AdminPassword, TimeSpan.FromMinutes(15)));
            },
        };
        await using var source = new WarmNpgsqlDataSource($"{postgres.Cluster.For(postgres.Cluster.Port)};Password=", options);
        await using var first = await source.OpenConnectionAsync();
        await using var second = await source.OpenConnectionAsync();

        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_password_may_live_for_ever()
    {
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(),
            PasswordLife = TimeSpan.MaxValue,
            PasswordProvider = (_, _) => new ValueTask<WarmPassword>(postgres.Cluster.AdminPassword),
        };
        await using var source = new WarmNpgsqlDataSource($"{postgres.Cluster.For(postgres.Cluster.Port)};Password=", options);
        Assert.True(await source.UseAsync() > 0);
    }

    [Fact]
    public async Task A_password_provider_that_throws_or_returns_nothing_is_named_and_leaves_nothing_half_open()
    {
        var name = Db.NewApplicationName();
        var answers = new Queue<Func<WarmPassword>>(
        [
            static () => throw new InvalidOperationException("no secret today"),
            static () => default,
            static () => new WarmPassword(string.Empty),
            () => postgres.Cluster.AdminPassword,
        ]);
        await using var source = new WarmNpgsqlDataSource(
            $"{postgres.Cluster.For(postgres.Cluster.Port)};Password=",
            new WarmNpgsqlOptions
            {
                Environment = Db.Environment(), ApplicationName = name,
                PasswordProvider = (_, _) => new ValueTask<WarmPassword>(answers.Dequeue()()),
            });

        var thrown = await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
        Assert.Contains(
            "WarmNpgsqlOptions.PasswordProvider threw InvalidOperationException: no secret today", thrown.Message,
            StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            var empty = await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
            Assert.Contains("WarmNpgsqlOptions.PasswordProvider returned null or nothing", empty.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await postgres.ConnectionsAsync(name));
        Assert.True(await source.UseAsync() > 0);
    }
}

using Npgsql;

namespace WarmContext.Npgsql.Tests.Opening;

/// <summary>A password that is rotated while it is kept, and who notices.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class PasswordTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly FreezableTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();
    private readonly string _role = $"rotating_{Guid.NewGuid():N}";
    private string _secret = "first";
    private int _asked;

    public Task InitializeAsync() => postgres.AdminAsync<object>($"CREATE ROLE {_role} LOGIN PASSWORD '{_secret}'");

    public Task DisposeAsync() => Task.CompletedTask;

    private WarmNpgsqlDataSource Open(TimeSpan life, string settings = "", int concurrency = 1) => new(
        $"{postgres.Cluster.For(postgres.Cluster.Port, _role)};Password=;{settings}",
        new WarmNpgsqlOptions
        {
            Environment = Db.Environment(_time, concurrency),
            ApplicationName = _name,
            PasswordLife = life,
            PasswordProvider = (_, _) =>
            {
                Interlocked.Increment(ref _asked);
                return new ValueTask<WarmPassword>(_secret);
            },
        });

    /// <summary>The next invocation finds no connection, and the password of before is no good.</summary>
    private async Task RotateAsync()
    {
        _secret = "second";
        await postgres.AdminAsync<object>($"ALTER ROLE {_role} PASSWORD 'second'");
        await postgres.TerminateAsync(_name);
        _time.Freeze(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task All_who_open_at_once_are_given_the_new_one()
    {
        const int together = 8;
        await using var source = Open(TimeSpan.FromMinutes(15), concurrency: together);
        for (var round = 0; round < 5; round++)
        {
            var connections = await Task.WhenAll(Enumerable.Range(0, together).Select(_ => source.OpenConnectionAsync().AsTask()));
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }

            await RotateAsync();
            _secret = $"round {round}";
            await postgres.AdminAsync<object>($"ALTER ROLE {_role} PASSWORD '{_secret}'");
        }

        Assert.True(await source.UseAsync() > 0);
    }

    [Fact]
    public async Task Without_TLS_first_tried_and_then_given_up_the_provider_is_asked_once()
    {
        await using var source = Open(TimeSpan.FromMinutes(15), "SSL Mode=Prefer;Root Certificate=");
        await source.UseAsync();
        _secret = "wrong";
        await postgres.TerminateAsync(_name);
        _time.Freeze(TimeSpan.FromMinutes(11));
        Assert.Equal(1, _asked);

        // Refused twice in one attempt, as Npgsql tries it without TLS too; the password was new both times.
        await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task One_that_is_never_kept_is_asked_for_at_each_opening_and_not_again_when_it_is_refused()
    {
        await using var source = Open(TimeSpan.Zero);
        await source.UseAsync();
        await RotateAsync();
        await source.UseAsync();
        Assert.Equal(2, _asked);

        await RotateAsync();
        _secret = "wrong";
        await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
        Assert.Equal(3, _asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_object_that_its_owner_opens_is_refused_once_and_then_given_the_new_one(bool asynchronous)
    {
        await using var source = Open(TimeSpan.FromDays(1));
        await using var connection = source.CreateConnection();
        await OpenAsync();
        await connection.CloseAsync();
        await RotateAsync();
        var refused = await Assert.ThrowsAnyAsync<NpgsqlException>(OpenAsync);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);

        _time.Freeze(TimeSpan.FromSeconds(2));
        await OpenAsync();
        Assert.Equal(2, _asked);

        Task OpenAsync()
        {
            if (asynchronous)
            {
                return connection.OpenAsync();
            }

            connection.Open();
            return Task.CompletedTask;
        }
    }
}

namespace WarmContext.Npgsql.Tests.Model;

/// <summary>What can't work is refused at construction, and named.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class WarmNpgsqlOptionsTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("Host=db;Colour=red", "can't be read")]
    [InlineData("Database=orders", "no Host")]
    [InlineData("Host=db;Pooling=false", "Pooling=false")]
    [InlineData("Host=db;Multiplexing=true", "Multiplexing=true")]
    [InlineData("Host=db;Keepalive=30", "Keepalive=30")]
    [InlineData("Host=db;Maximum Pool Size=1", "Maximum Pool Size=1")]
    [InlineData("Host=db;Minimum Pool Size=9", "Minimum Pool Size=9")]
    [InlineData("Host=db;No Reset On Close=true", "No Reset On Close=True")]
    [InlineData("Host=db;Maximum Pool Size=20000", "Maximum Pool Size=20000")]
    [InlineData("Host=db;Port=none", "can't be read")]
    [InlineData("Host=db;SSL Mode=maybe", "can't be read")]
    [InlineData("nonsense", "can't be read")]
    [InlineData(" ", "empty")]
    public void A_connection_string_that_cannot_work_is_refused_at_construction(string connectionString, string says)
    {
        var error = Assert.ThrowsAny<ArgumentException>(
            () => new WarmNpgsqlDataSource(connectionString, new WarmNpgsqlOptions { Environment = Db.Environment() }));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<WarmNpgsqlOptions>> BadOptions => new()
    {
        { "MaxConnections is 1; it must be between 2 and 10000", static options => options.MaxConnections = 1 },
        { "FreshFor is -00:00:01; it must be between", static options => options.FreshFor = TimeSpan.FromSeconds(-1) },
        { "ProbeTimeout is -00:00:01; it must be between", static options => options.ProbeTimeout = TimeSpan.FromSeconds(-1) },
        { "LeaseTimeout is 00:00:00; it must be between", static options => options.LeaseTimeout = TimeSpan.Zero },
        { "DeadlineMargin is -00:00:01; it must be between", static options => options.DeadlineMargin = TimeSpan.FromSeconds(-1) },
        { "MaxIdleTime is 00:10:00; it must be more than FreshFor", static options => options.MaxIdleTime = TimeSpan.FromMinutes(10) },
        {
            "MaxIdleTime is 00:00:00.5000000; it must be more than FreshFor",
            static options => options.MaxIdleTime = TimeSpan.FromSeconds(0.5)
        },
        { "OpenAttemptTimeout is -00:00:01; it must be between", static options => options.OpenAttemptTimeout = TimeSpan.FromSeconds(-1) },
        { "PasswordLife is -00:00:01; it must be 0 or more", static options => options.PasswordLife = TimeSpan.FromSeconds(-1) },
        {
            "IdleSessionTimeout is 00:00:01; it must be more than FreshFor",
            static options => options.IdleSessionTimeout = TimeSpan.FromSeconds(1)
        },
        {
            "with Preset Proxy it must be null, as a pooler refuses it",
            static options => (options.Preset, options.IdleSessionTimeout) = (WarmNpgsqlPreset.Proxy, TimeSpan.FromMinutes(1))
        },
        {
            "with Preset Proxy it must be null or Keep",
            static options => (options.Preset, options.SessionState) = (WarmNpgsqlPreset.Proxy, WarmSessionState.Reset)
        },
        { "Preset is 9; it must be one of Direct, Proxy, AuroraFailover", static options => options.Preset = (WarmNpgsqlPreset)9 },
        { "SessionState is 9; it must be one of Reset, Keep", static options => options.SessionState = (WarmSessionState)9 },
        { "Environment is null", static options => options.Environment = null! },
        { "MaxConnections is 10001; it must be between 2 and 10000", static options => options.MaxConnections = 10_001 },
        {
            "Configure has set Keepalive=30",
            static options => options.Configure = static builder => builder.ConnectionStringBuilder.KeepAlive = 30
        },
        {
            "Configure has set Multiplexing=True",
            static options => options.Configure = static builder => builder.ConnectionStringBuilder.Multiplexing = true
        },
        {
            "Configure has set Pooling=False",
            static options => options.Configure = static builder => builder.ConnectionStringBuilder.Pooling = false
        },
        {
            "Configure has set Maximum Pool Size=1",
            static options => options.Configure = static builder => builder.ConnectionStringBuilder.MaxPoolSize = 1
        },
        {
            "Configure has set No Reset On Close=True",
            static options => options.Configure = static builder => builder.ConnectionStringBuilder.NoResetOnClose = true
        },
        { "PasswordProvider is set too", static options => options.PasswordProvider = static (_, _) => new ValueTask<WarmPassword>("x") },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void An_option_that_is_not_allowed_is_refused_at_construction(string says, Action<WarmNpgsqlOptions> spoil)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment() };
        spoil(options);

        var error = Assert.ThrowsAny<ArgumentException>(() => new WarmNpgsqlDataSource("Host=db;Password=hunter2", options));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("WarmNpgsqlOptions", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Max Auto Prepare=10", null, "Max Auto Prepare=10")]
    [InlineData("Host=db;Options=-c geqo=off", null, "Options=-c geqo=off")]
    [InlineData("Host=db;No Reset On Close=false", null, "No Reset On Close=False")]
    [InlineData("Host=db;Maximum Pool Size=5", 4, "Maximum Pool Size=5 and WarmNpgsqlOptions.MaxConnections is 4")]
    public void What_contradicts_the_preset_or_another_option_is_refused_at_construction(string connectionString, int? most, string says)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), Preset = WarmNpgsqlPreset.Proxy, MaxConnections = most };

        var error = Assert.ThrowsAny<ArgumentException>(() => new WarmNpgsqlDataSource(connectionString, options));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("eave", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_of_Npgsqls_builder_that_throws_is_seen_at_construction()
    {
        var name = Db.NewApplicationName();
        Assert.Throws<InvalidOperationException>(() => new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions
            {
                Environment = Db.Environment(), ApplicationName = name,
                Configure = static _ => throw new InvalidOperationException("no certificate"),
            }));
        Assert.Equal(0, await postgres.ConnectionsAsync(name));
    }
}

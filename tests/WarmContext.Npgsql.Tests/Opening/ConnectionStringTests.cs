using WarmContext.Npgsql.Opening;

namespace WarmContext.Npgsql.Tests.Opening;

/// <summary>What is said of a connection string that can't be used, and that no message has the password in it.</summary>
public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("Host=db;Port=99999;Password=s3cret", "Port=99999; it must be between 1 and 65535")]
    [InlineData("Host=db:99999;Password=s3cret", "a port in Host that isn't one; it must be a whole number between 1 and 65535")]
    [InlineData("Host=one,two:0;Password=s3cret", "a port in Host that isn't one")]
    [InlineData("Host=app:s3cret@db;Username=app", "a port in Host that isn't one")]
    [InlineData("Host=[::1]:70000;Password=s3cret", "a port in Host that isn't one")]
    [InlineData("Host=db;Port=0;Password=s3cret", "port has a value that isn't allowed; it must be a whole number between 1 and 65535.")]
    [InlineData("Host=db;Port=-1;Password=s3cret", "port has a value that isn't allowed; it must be a whole number between 1 and 65535.")]
    [InlineData("Host=db;Port=s3cret", "port has a value that isn't allowed; it must be a whole number between 1 and 65535.")]
    [InlineData("Host=db;SSL Mode=s3cret", "ssl mode has a value that isn't allowed; it must be one of Disable, Allow, Prefer, Require")]
    [InlineData("Host=db;Enlist=s3cret", "enlist has a value that isn't allowed; it must be true or false.")]
    [InlineData("Host=db;Timeout=s3cret", "timeout has a value that isn't allowed; it must be a whole number that Npgsql allows.")]
    [InlineData("Host=db;Colour=s3cret", "'colour' is no keyword of Npgsql. Correct it, or leave it out.")]
    [InlineData("Host=db;Password=a;s3cret=b;Username=app", "what follows password is no keyword of Npgsql. A value with a semicolon")]
    [InlineData("Host=db;Password=a;s3cret", "as a password may have, must be in quotes.")]
    [InlineData("postgres://app:s3cret@db:5432/orders", "and not a URL.")]
    public void The_keyword_and_what_is_allowed_are_named_and_never_the_password(string connectionString, string says)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new WarmNpgsqlDataSource(connectionString));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db")]
    [InlineData("Host=db;Port=65535")]
    [InlineData("Host=one:5432,two:65535,three")]
    [InlineData("Host=::1")]
    [InlineData("Host=[::1]:5432")]
    [InlineData("Host=/var/run/postgresql")]
    public void What_works_is_left_alone(string connectionString) =>
        ConnectionStringReader.RequirePorts(ConnectionStringReader.Read(connectionString));
}

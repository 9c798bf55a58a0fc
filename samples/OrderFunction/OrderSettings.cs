using System.Globalization;

namespace OrderFunction;

/// <summary>
/// The function's configuration. Read and checked once, in Init: a function that is configured wrongly fails there, with a message that
/// names the variable, and not somewhere in its hundredth invocation.
/// </summary>
public sealed record OrderSettings
{
    /// <summary>Npgsql's connection string of the orders' database.</summary>
    public required string Database { get; init; }

    /// <summary>Where the price model is.</summary>
    public required string ModelBucket { get; init; }

    /// <inheritdoc cref="ModelBucket"/>
    public required string ModelKey { get; init; }

    /// <summary>Where audit records go.</summary>
    public required string AuditBucket { get; init; }

    /// <summary>For how long prices may be out of date.</summary>
    public TimeSpan ModelMaximumAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether to warm up in Init. Off only to measure what that saves.</summary>
    public bool WarmUp { get; init; } = true;

    /// <exception cref="InvalidOperationException">A variable is missing or has a value that isn't allowed.</exception>
    public static OrderSettings FromEnvironment() => new()
    {
        Database = Required("ORDERS_DATABASE", "the connection string of the orders' database"),
        ModelBucket = Required("MODEL_BUCKET", "the bucket of the price model"),
        ModelKey = Required("MODEL_KEY", "the key of the price model in its bucket"),
        AuditBucket = Required("AUDIT_BUCKET", "the bucket for audit records"),
        ModelMaximumAge = Seconds("MODEL_MAXIMUM_AGE_SECONDS", otherwise: 60),
        WarmUp = Environment.GetEnvironmentVariable("WARM_UP") != "off",
    };

    private static string Required(string name, string meaning) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"The environment variable {name} is not set; set it to {meaning}.");

    private static TimeSpan Seconds(string name, int otherwise)
    {
        string text = Environment.GetEnvironmentVariable(name) ?? otherwise.ToString(CultureInfo.InvariantCulture);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidOperationException($"The environment variable {name} is '{text}'; allowed are 0 to 86400 seconds.");
    }
}

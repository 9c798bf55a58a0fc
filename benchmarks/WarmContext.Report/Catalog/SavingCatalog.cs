namespace WarmContext.Report.Catalog;

/// <summary>The savings that charts and tables name, one or two for each practice, and those that there are not.</summary>
public static class SavingCatalog
{
    /// <summary>The round trip taken where one figure has to stand for all: within one Region, across availability zones.</summary>
    public const double TypicalRoundTrip = 1;

    public static IReadOnlyList<double> RoundTrips { get; } = [0, 0.5, 1, 5, 20];

    public static IReadOnlyList<SavingDefinition> All { get; } =
    [
        new(Practice.Hold, "First call in Init, not in the first invocation", "first-invocation", "without", "with", null, IsBilled: false),
        new(Practice.Hold, "Held S3 client, not one per call", "client-steady", "ClientPerCall", "WarmClient", null),
        new(Practice.Hold, "Warm<T>, not a static readonly field", "holder-read", "StaticReadonlyField", "WarmValue", null),
        new(Practice.Connections, "Lease, not a connection per invocation", "connection-round-trip", "open", "warm", TypicalRoundTrip),
        new(Practice.Connections, "Lease, not Npgsql's pool", "connection-round-trip", "pool", "warm", TypicalRoundTrip),
        new(Practice.Files, "Cached file, not a GET per invocation", "file-round-trip", "get", "warm-hit", TypicalRoundTrip),
        new(Practice.Files, "Cached file, not a naive File.Exists cache", "file-round-trip", "exists", "warm-hit", TypicalRoundTrip),
        new(Practice.Files, "Has it changed? Cache, not the SDK", "file-round-trip", "sdk-304", "warm-304", TypicalRoundTrip),
        new(
            Practice.Background, "Before the return, not awaited inline",
            "background-round-trip", "inline", "before-return", TypicalRoundTrip),
        new(
            Practice.Background, "After the response, not before it", "background-round-trip",
            "inline", "after-response", TypicalRoundTrip, IsBilled: false),
        new(Practice.Function, "Whole order function, warm invocation", "function-warm-frozen", "naive-jit-1769", "warm-jit-1769", null),
    ];

    /// <summary>Those shown as a function of the round trip.</summary>
    public static IReadOnlyList<SavingDefinition> ByRoundTrip { get; } =
    [
        new(Practice.Connections, "Connection: lease, not an open", "connection-round-trip", "open", "warm", null),
        new(Practice.Files, "File: hit, not a GET", "file-round-trip", "get", "warm-hit", null),
        new(Practice.Background, "Uploads: after the response", "background-round-trip", "inline", "after-response", null, IsBilled: false),
        new(Practice.Background, "Uploads: at once, before return", "background-round-trip", "inline", "before-return", null),
    ];
}

namespace WarmContext.Report.Catalog;

/// <summary>A practice, or what stands beside the five: a chapter of the report.</summary>
public sealed record Practice(string Id, string Title, string Sentence)
{
    public const string Hold = "hold";
    public const string Connections = "connections";
    public const string Files = "files";
    public const string Background = "background";
    public const string Function = "function";
    public const string Lifecycle = "lifecycle";
    public const string Environment = "environment";
    public const string Analyzers = "analyzers";

    /// <summary>In the order of the report.</summary>
    public static IReadOnlyList<Practice> All { get; } =
    [
        new(
            Function,
            "The whole function",
            "The same order function as it is often written (naive) and with WarmContext (warm), in processes that are really frozen."),
        new(Hold, "Hold clients", "Clients are made once, outside the handler; what is slow the first time is done in Init."),
        new(
            Connections,
            "Reuse connections, checking that they exist",
            "A lease is handed out without I/O when the connection was just used, and proven by one round trip when it was not."),
        new(Files, "Cache files in /tmp", "A file is fetched once, kept, and asked after by its entity tag."),
        new(Background, "Finish background work", "Work that the caller need not wait for ends before the freeze."),
        new(Lifecycle, "What WarmContext itself costs", "Wrapping a handler, tracking tasks and warming up are not free."),
        new(Environment, "The local execution environment", "What the environment that all of this is measured in adds of its own."),
        new(Analyzers, "The analyzers", "What checking the practices adds to a build."),
    ];

    /// <summary>The title in two words, for tables.</summary>
    public string ShortTitle => Id switch
    {
        Connections => "Connections",
        Files => "Files",
        Background => "Background work",
        Hold => "Clients",
        Function => "Whole function",
        Lifecycle => "Lifecycle",
        Environment => "Local environment",
        _ => "Analyzers",
    };

    public static Practice Of(string id) => All.First(practice => practice.Id == id);
}

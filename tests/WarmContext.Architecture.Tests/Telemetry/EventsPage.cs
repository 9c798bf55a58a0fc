using WarmContext.Architecture.Tests.Sources;
using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Telemetry;

/// <summary>docs/events.md: two tables that are generated from the sources.</summary>
internal static class EventsPage
{
    public const string Name = "docs/events.md";

    public static string Path { get; } = System.IO.Path.Combine(RepositoryFiles.Root, Name);

    private const string Introduction = """
        # Log events and instruments

        <!-- Generated: WARMCONTEXT_APPROVE=1 dotnet test tests/WarmContext.Architecture.Tests -->

        ## Log events

        `WarmContextDiagnostics.Log` gets every event; where it isn't set, events go to standard error. A number is never given to another
        event. Each package has a range of its own: the core 1 to 99, files 100 to 199, PostgreSQL 220 to 299, Lambda 300 to 399, the local
        execution environment 500 to 599. … stands for what is filled in.


        """;

    private const string Metrics = """

        ## Instruments

        All are on the meter `WarmContext` (`WarmContextDiagnostics.MeterName`). Names that begin with `faas.` are those of the
        OpenTelemetry semantic conventions.


        """;

    /// <summary>Every event; one that several packages compile in is the core's, which is the first.</summary>
    public static IReadOnlyList<LogEvent> Events { get; } =
    [
        .. Repository.Projects.SelectMany(static project => LogEvents.In(project.Name, Repository.Compile(project)))
            .OrderBy(static entry => entry.Package, StringComparer.Ordinal)
            .DistinctBy(static entry => (entry.Id, entry.Name, entry.Level, entry.Message)),
    ];

    public static string Generate() =>
        Introduction.ReplaceLineEndings("\n")
        + MarkdownTable.Write(["Id", "Event", "Level", "Package", "Message"], Events.OrderBy(static entry => entry.Id).Select(EventRow))
        + Metrics.ReplaceLineEndings("\n")
        + MarkdownTable.Write(["Instrument", "Kind", "Unit", "What it measures", "Packages"], InstrumentRows());

    private static IReadOnlyList<string> EventRow(LogEvent entry) =>
        [$"{entry.Id}", $"`{entry.Name}`", entry.Level, entry.Package, entry.Message];

    private static IEnumerable<IReadOnlyList<string>> InstrumentRows() =>
        from project in Repository.Projects
        from instrument in Instruments.In(Repository.Compile(project))
        group project.Name by instrument into packages
        orderby packages.Key.Name
        let key = packages.Key
        select (IReadOnlyList<string>)
            [$"`{key.Name}`", key.Kind, $"`{key.Unit}`", key.Description, string.Join(", ", packages.Distinct().Order())];
}

using System.CommandLine;
using WarmContext.Testing;
using WarmContext.Tool.Output;
using WarmContext.Tool.Reporting;

namespace WarmContext.Tool.Commands;

/// <summary>
/// The options that say what to write where. Answers and results go to standard output, everything else to standard error.
/// </summary>
/// <param name="hasJson">Whether the command has a result to write as JSON.</param>
internal sealed class OutputArguments(bool hasJson = true)
{
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to standard output instead." };
    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Write only errors to standard error: no progress, no log, no summary.",
    };
    private readonly Option<string?> _record = new("--record")
    {
        Description = "Write what was recorded to a file, as JSON; 'warmcontext report FILE' makes a page of it.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _report = new("--report")
    {
        Description = "Write the report, one HTML page, to a file.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[.. hasJson ? (Option[])[_json] : [], _quiet, _record, _report])
        {
            command.Options.Add(option);
        }
    }

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    public bool IsQuiet(ParseResult result) => result.GetValue(_quiet);

    public RunProgress Progress(ParseResult result, int invocations) => RunProgress.Create(invocations, IsQuiet(result));

    /// <summary>Refuses files that can't be written, before anything is run for them.</summary>
    public void Check(ParseResult result)
    {
        OutputFile.Check("--record", result.GetValue(_record));
        OutputFile.Check("--report", result.GetValue(_report));
    }

    public async Task WriteAsync(ParseResult result, Recording recording)
    {
        if (result.GetValue(_record) is { } record)
        {
            await OutputFile.WriteAsync(record, recording.ToJson());
        }

        if (result.GetValue(_report) is { } report)
        {
            await OutputFile.WriteAsync(report, ReportPage.Write(recording));
        }
    }
}

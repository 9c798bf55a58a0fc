using System.Text;
using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.Tests;

/// <summary>Generates docs/rules/README.md from the rules themselves.</summary>
internal static class RuleTable
{
    public static IReadOnlyList<DiagnosticDescriptor> Rules { get; } =
        AnalyzerRun.All.SelectMany(static analyzer => analyzer.SupportedDiagnostics)
            .OrderBy(static rule => rule.Id, StringComparer.Ordinal)
            .ToList();

    public static string Generate()
    {
        var text = new StringBuilder();
        text.Append("# Rules\n\n");
        text.Append("<!-- The table is generated: WARMCONTEXT_APPROVE=1 dotnet test tests/WarmContext.Analyzers.Tests -->\n\n");
        text.Append("| Rule | What it finds | Severity | Code fix |\n|---|---|---|---|\n");
        foreach (var rule in Rules)
        {
            text.Append(
                $"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {rule.DefaultSeverity} | "
                    + $"{(FixRun.All.Any(fix => fix.FixableDiagnosticIds.Contains(rule.Id)) ? "yes" : "no")} |\n");
        }

        return text.Append(Options).ToString();
    }

    private const string Options = """

        The rules look at Lambda projects only, and there at handlers, at what handlers call within the project, and at what these need at Init. A handler is a method with an `ILambdaContext`
        parameter, a `[LambdaFunction]` method, a delegate given to `LambdaBootstrapBuilder`, or a method named in `aws-lambda-tools-defaults.json`, `serverless.template` or `template.yaml`, as handler or as command of a container image (found next to
        the project and up to two folders above it; others can be added as `AdditionalFiles`). Minimal APIs behind `AddAWSLambdaHosting`, test projects and generated code are left alone.

        ## Options

        In `.editorconfig`, next to the usual `dotnet_diagnostic.WARM0001.severity = none` and `dotnet_analyzer_diagnostic.category-WarmContext.severity = error`:

        | Option | Meaning | Default |
        |---|---|---|
        | `warmcontext.costly_types` | full names of further types to build once (what derives from or implements them counts too), separated by commas | none |
        | `warmcontext.snapstart` | `true` or `false`: whether the function runs under SnapStart, for WARM0014 and WARM0015 | what the deployment files say |
        | `warmcontext.handlers` | further handlers, `Assembly::Type::Method`, separated by commas; in a global config (`is_global = true`) | none |
        | `warmcontext.analyze_tests` | look into projects that reference xunit, NUnit or MSTest too | `false` |

        ## Speed

        All rules together add 1.6 % (95 % confidence: 0.0 to 3.4 %) to the processor time of compiling a project of 200 files, 40 handlers among them, and 2.7 % (0.8 to 3.9 %) to its wall time: medians
        of 65 paired compiles by a warm compiler server with the SDK's default analyzers on, measured on 2026-11-21 with `ROWS=sdk WARMUPS=30 eng/analyzers/measure-speed 65` on two cores, .NET SDK
        10.0.401. The goal is at most 5 %. A test holds each rule to 50 ms on the largest file of the corpus (`No_rule_takes_more_than_fifty_milliseconds_on_the_largest_file`). In a
        project without Lambda, types are looked up once and no code is looked at.

        """;
}

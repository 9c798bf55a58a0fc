using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.Recognizers;

namespace WarmContext.Analyzers;

/// <summary>WARM0012: a file is written where Lambda has no writable disk.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FileOutsideTemporaryDirectoryAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.FileOutsideTemporaryDirectory,
        "File written outside the temporary directory",
        "'{0}' writes to {1}, which is read-only in Lambda; only the temporary directory (/tmp, "
            + "ExecutionEnvironment.Current.TemporaryDirectory) can be written",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The function code directory and the rest of the file system are read-only in Lambda: the write that works on a "
            + "developer machine fails there with an UnauthorizedAccessException or IOException.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.FileOutsideTemporaryDirectory));

    private static readonly OperationKind[] s_kinds = { OperationKind.Invocation, OperationKind.ObjectCreation };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        foreach (var operation in context.Body.Of(s_kinds))
        {
            if (FileWrites.Written(operation) is { } path && PathFacts.Classify(path, context.Body) == PathPlace.Outside)
            {
                context.Report(s_rule, path.Syntax, FileWrites.Name(operation), PathFacts.Describe(path));
            }
        }
    }
}

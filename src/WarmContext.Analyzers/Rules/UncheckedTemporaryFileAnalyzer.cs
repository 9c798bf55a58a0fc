using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;
using WarmContext.Analyzers.Recognizers;

namespace WarmContext.Analyzers;

/// <summary>WARM0013: a file cached in /tmp is written under its final name and later trusted because it exists.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UncheckedTemporaryFileAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.UncheckedTemporaryFile,
        "File in /tmp used without checking that it is whole",
        "This write is cut if the invocation times out, and '{0}' then takes the partial file for a whole one; write under another name "
            + "and move it into place, or use S3FileCache",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "/tmp survives a timeout or a crash of the process. A file written under its final name may be half there, and "
            + "File.Exists can not tell: write to a temporary name and rename when complete.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.UncheckedTemporaryFile));

    private static readonly OperationKind[] s_checks = { OperationKind.Invocation, OperationKind.PropertyReference };
    private static readonly OperationKind[] s_writes = { OperationKind.Invocation, OperationKind.ObjectCreation };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        var checks = new List<IOperation>();
        foreach (var operation in context.Body.Of(s_checks))
        {
            if (ExistsPath(operation) is { } path && PathFacts.Classify(path, context.Body) == PathPlace.Temporary)
            {
                checks.Add(path);
            }
        }

        if (checks.Count == 0)
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_writes))
        {
            if (FileWrites.Written(operation) is { } written && !FileWrites.IsRename(operation) && !FileWrites.IsDirectory(operation))
            {
                var body = context.Body;
                if (checks.Exists(check => PathFacts.AreSame(check, written, body))
                    && !IsVerified(written, body)
                    && !IsMarker(operation, written, body))
                {
                    context.Report(s_rule, operation.Syntax, "File.Exists");
                }
            }
        }
    }

    private static IOperation? ExistsPath(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Exists", ContainingType: { } type } } call
            when type.IsNamed("System.IO", "File") && call.Arguments.Length > 0 => call.Arguments[0].Value,
        IPropertyReferenceOperation { Property: { Name: "Exists", ContainingType.Name: "FileInfo" }, Instance: { } instance }
            when instance.Unwrap() is IObjectCreationOperation { Arguments.Length: 1 } creation => creation.Arguments[0].Value,
        _ => null,
    };

    /// <summary>path + ".done", written after path itself: it stands for a file that is whole by then.</summary>
    private static bool IsMarker(IOperation write, IOperation marker, CodeBody body) =>
        body.Operations.TakeWhile(operation => operation != write).Any(operation =>
        FileWrites.Written(operation) is { } path
            && !PathFacts.AreSame(path, marker, body)
            && PathFacts.StartsWithSame(marker, path, body));

    /// <summary>A length or a hash is compared too: somebody looks whether the file is whole.</summary>
    private static bool IsVerified(IOperation path, CodeBody body) => body.Of(s_checks).Any(operation => operation switch
    {
        IPropertyReferenceOperation { Property: { Name: "Length", ContainingType.Name: "FileInfo" } } => true,
        IInvocationOperation { TargetMethod: { Name: "HashData" or "HashDataAsync" or "ComputeHash" or "ComputeHashAsync" } } => true,
        IInvocationOperation { TargetMethod: { Name: "Exists", ContainingType.Name: "File" } } call
            when call.Arguments.Length > 0 && !PathFacts.AreSame(call.Arguments[0].Value, path, body)
            => PathFacts.StartsWithSame(call.Arguments[0].Value, path, body),
        _ => false,
    });
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.Recognizers;

internal enum PathPlace
{
    Unknown,
    Temporary,
    Outside,
}

/// <summary>Where a path leads, as far as its first part tells.</summary>
internal static class PathFacts
{
    private const int MaxDepth = 8;

    public static PathPlace Classify(IOperation path, CodeBody body) => Classify(path, body, 0);

    public static string Describe(IOperation path) =>
        path.ConstantValue is { HasValue: true, Value: string text } ? "'" + text + "'" : "a path outside it";

    /// <summary>True when two expressions name one file: the same symbol or the same text.</summary>
    public static bool AreSame(IOperation left, IOperation right, CodeBody body)
    {
        var first = left.Unwrap();
        var second = right.Unwrap();
        var symbol = first.ReferencedSymbol();
        if (symbol is not null && KnownTypes.Is(symbol, second.ReferencedSymbol()))
        {
            return symbol is not ILocalSymbol local || body.InitialValue(local) is not null;
        }

        if (first.ConstantValue is { HasValue: true, Value: string one } && second.ConstantValue is { HasValue: true, Value: string other })
        {
            return one == other;
        }

        return SyntaxFactory.AreEquivalent(first.Syntax, second.Syntax);
    }

    /// <summary>True for path + ".done" or $"{path}.etag": a marker that stands for the file.</summary>
    public static bool StartsWithSame(IOperation marker, IOperation path, CodeBody body)
    {
        var value = marker.Unwrap();
        if (value is ILocalReferenceOperation local)
        {
            value = body.InitialValue(local.Local)?.Unwrap() ?? value;
        }

        return path.ReferencedSymbol() is { } symbol
            && value.SelfAndDescendants().Any(operation => KnownTypes.Is(operation.ReferencedSymbol(), symbol));
    }

    private static PathPlace Classify(IOperation? path, CodeBody body, int depth)
    {
        if (path is null || depth > MaxDepth)
        {
            return PathPlace.Unknown;
        }

        var value = path.Unwrap();
        if (value.ConstantValue is { HasValue: true, Value: string text })
        {
            return ClassifyText(text);
        }

        switch (value)
        {
            case ILocalReferenceOperation local:
                return Classify(body.InitialValue(local.Local), body, depth + 1);
            case IFieldReferenceOperation { Field: { } field }:
                return ClassifyInitializer(field, value, body, depth);
            case IPropertyReferenceOperation { Property: { } property }:
                return ClassifyProperty(property);
            case IInvocationOperation call:
                return ClassifyCall(call, body, depth);
            case IInterpolatedStringOperation { Parts: { Length: > 0 } parts }:
                return parts[0] switch
                {
                    IInterpolatedStringTextOperation literal => Classify(literal.Text, body, depth + 1),
                    IInterpolationOperation hole => Classify(hole.Expression, body, depth + 1),
                    _ => PathPlace.Unknown,
                };
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum:
                return Classify(sum.LeftOperand, body, depth + 1);
            case ICoalesceOperation coalesce:
                return Classify(coalesce.WhenNull, body, depth + 1) == PathPlace.Temporary ? PathPlace.Temporary : PathPlace.Unknown;
            default:
                return PathPlace.Unknown;
        }
    }

    private static PathPlace ClassifyText(string text)
    {
        if (text.StartsWith("/tmp/", StringComparison.Ordinal) || text == "/tmp")
        {
            return PathPlace.Temporary;
        }

        // /mnt is where EFS and S3 Files are mounted; devices and /proc are no files.
        if (text.Length == 0
            || text.StartsWith("/mnt", StringComparison.Ordinal)
            || text.StartsWith("/dev/", StringComparison.Ordinal)
            || text.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return PathPlace.Unknown;
        }

        return PathPlace.Outside;
    }

    private static PathPlace ClassifyProperty(IPropertySymbol property) => (property.ContainingType.Name, property.Name) switch
    {
        ("ExecutionEnvironment", "TemporaryDirectory") => PathPlace.Temporary,
        ("AppContext", "BaseDirectory")
            or ("Environment", "CurrentDirectory")
            or ("AppDomain", "BaseDirectory")
            or ("Assembly", "Location") => PathPlace.Outside,
        _ => PathPlace.Unknown,
    };

    private static PathPlace ClassifyCall(IInvocationOperation call, CodeBody body, int depth)
    {
        var first = call.Arguments.Length > 0 ? call.Arguments[0].Value : null;
        if (first is IArrayCreationOperation { Initializer.ElementValues: { Length: > 0 } elements })
        {
            first = elements[0];
        }

        return (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
        {
            ("Path", "GetTempPath" or "GetTempFileName") => PathPlace.Temporary,
            ("Path", "Combine") when LastAbsolute(call) is { } absolute => ClassifyText(absolute),
            ("Path", "Combine" or "Join" or "GetFullPath" or "ChangeExtension" or "GetDirectoryName") => Classify(first, body, depth + 1),
            ("String", "Concat" or "Format") => Classify(first, body, depth + 1),
            ("Directory", "GetCurrentDirectory") => PathPlace.Outside,
            ("Environment", "GetFolderPath") => PathPlace.Outside,
            ("Environment", "GetEnvironmentVariable") =>
                first?.ConstantValue is { HasValue: true, Value: "LAMBDA_TASK_ROOT" or "LAMBDA_RUNTIME_DIR" } ? PathPlace.Outside
                : first?.ConstantValue is { HasValue: true, Value: "TMPDIR" or "TMP" or "TEMP" } ? PathPlace.Temporary : PathPlace.Unknown,
            _ => PathPlace.Unknown,
        };
    }

    /// <summary>Path.Combine("/tmp", "/x") is "/x": an absolute part makes it forget what stands before.</summary>
    private static string? LastAbsolute(IInvocationOperation combine)
    {
        IEnumerable<IOperation> parts = combine.Arguments.Length == 1
            && combine.Arguments[0].Value is IArrayCreationOperation { Initializer.ElementValues: var elements }
            ? elements
            : combine.Arguments.Select(static argument => argument.Value);
        return parts.Skip(1).Select(static part => part.ConstantValue is { HasValue: true, Value: string text } ? text : string.Empty)
            .LastOrDefault(static text => text.StartsWith("/", StringComparison.Ordinal));
    }

    /// <summary>
    /// static readonly string s_path = Path.Combine("/tmp", "x"): judged by its initialiser's text, where that is in this file.
    /// </summary>
    private static PathPlace ClassifyInitializer(IFieldSymbol field, IOperation reference, CodeBody body, int depth)
    {
        if (!field.IsReadOnly
            || reference.SemanticModel is not { } model
            || field.DeclarationsIn(model.Compilation, CancellationToken.None).FirstOrDefault()
                is not VariableDeclaratorSyntax { Initializer.Value: { } value }
            || value.SyntaxTree != reference.Syntax.SyntaxTree)
        {
            return PathPlace.Unknown;
        }

        return Classify(model.GetOperation(value), body, depth + 1);
    }
}

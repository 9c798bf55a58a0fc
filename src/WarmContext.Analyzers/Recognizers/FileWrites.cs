using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.Recognizers;

/// <summary>Finds the path that a call writes to.</summary>
internal static class FileWrites
{
    public static IOperation? Written(IOperation operation) => operation switch
    {
        IInvocationOperation call => WrittenBy(call),
        IObjectCreationOperation { Type: { } type } creation => WrittenBy(type, creation),
        _ => null,
    };

    public static string Name(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod.ContainingType.Name + "." + call.TargetMethod.Name,
        _ => operation.Type?.Name ?? string.Empty,
    };

    public static bool IsRename(IOperation operation) => operation is IInvocationOperation { TargetMethod.Name: "Move" or "Replace" };

    public static bool IsDirectory(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.ContainingType.Name: "Directory" or "ZipFile" };

    private static IOperation? WrittenBy(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.ContainingType is not { } type)
        {
            return null;
        }

        if (type.IsNamed("System.IO", "File"))
        {
            return method.Name switch
            {
                "Create" or "CreateText" or "AppendText" or "OpenWrite" => call.Argument("path"),
                "Open" or "OpenHandle" => OpensForWriting(call.Arguments) ? call.Argument("path") : null,
                "Copy" or "Move" => call.Argument("destFileName"),
                "Replace" => call.Argument("destinationFileName"),
                _
                    when method.Name.StartsWith("Write", StringComparison.Ordinal)
                        || method.Name.StartsWith("Append", StringComparison.Ordinal) => call.Argument("path"),
                _ => null,
            };
        }

        return (type.Name, method.Name) switch
        {
            ("Directory", "CreateDirectory") when type.IsNamed("System.IO", "Directory") => call.Argument("path"),
            ("ZipFile", "ExtractToDirectory") => call.Argument("destinationDirectoryName"),
            ("ZipFile", "CreateFromDirectory") => call.Argument("destinationArchiveFileName"),
            ("ZipFileExtensions", "ExtractToFile") => call.Argument("destinationFileName"),
            ("ZipFileExtensions", "ExtractToDirectory") => call.Argument("destinationDirectoryName"),
            (_, "WriteResponseStreamToFile" or "WriteResponseStreamToFileAsync") => call.Argument("filePath"),
            ("TransferUtility" or "ITransferUtility", "Download" or "DownloadAsync") => call.Argument("filePath"),
            ("TransferUtility" or "ITransferUtility", "DownloadDirectory" or "DownloadDirectoryAsync") => call.Argument("localDirectory"),
            _ => null,
        };
    }

    private static IOperation? WrittenBy(ITypeSymbol type, IObjectCreationOperation creation)
    {
        var path = creation.Arguments.FirstOrDefault(
            static argument => argument.Parameter is { Name: "path", Type.SpecialType: SpecialType.System_String })?.Value;
        return path is null ? null
            : type.IsNamed("System.IO", "StreamWriter") ? path
            : type.IsNamed("System.IO", "FileStream") && OpensForWriting(creation.Arguments) ? path
            : null;
    }

    private static bool OpensForWriting(IEnumerable<IArgumentOperation> arguments)
    {
        var wanted = arguments.SelectMany(static argument => argument.Value.SelfAndDescendants()).OfType<IFieldReferenceOperation>()
            .Where(static operation => operation.Field.ContainingType.Name is "FileMode" or "FileAccess")
            .Select(static operation => operation.Field.Name)
            .ToList();

        // OpenOrCreate asks for both unless told that reading will do.
        return wanted.Exists(static name => name is "Create" or "CreateNew" or "Append" or "Truncate" or "Write" or "ReadWrite")
            || (wanted.Contains("OpenOrCreate") && !wanted.Contains("Read"));
    }
}

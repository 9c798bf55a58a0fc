using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace WarmContext.Testing.Recordings;

/// <summary>Reads what a deployment package consists of.</summary>
internal static class PackageReader
{
    // DebuggableAttribute.DebuggingModes.DisableOptimizations.
    private const int DisableOptimizations = 0x100;

    public static IReadOnlyList<PackageFile> Read(string directory) =>
    [
        .. new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => Describe(Path.GetRelativePath(directory, file.FullName), file))
            .OrderByDescending(static file => file.Bytes).ThenBy(static file => file.Path, StringComparer.Ordinal),
    ];

    private static PackageFile Describe(string path, FileInfo file)
    {
        var none = new PackageFile { Path = path, Bytes = file.Length };
        if (!file.Extension.Equals(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return none;
        }

        try
        {
            using var reader = new PEReader(file.OpenRead());
            if (!reader.HasMetadata || reader.PEHeaders.CorHeader is not { } header)
            {
                return none;
            }

            return new PackageFile
            {
                Path = path,
                Bytes = file.Length,
                IsAssembly = true,
                IsReadyToRun = header.ManagedNativeHeaderDirectory.Size > 0,
                IsDebugBuild = IsDebugBuild(reader.GetMetadataReader()),
            };
        }
        catch (Exception exception) when (exception is BadImageFormatException or IOException or InvalidOperationException)
        {
            // Not an assembly, whatever its name says.
            return none;
        }
    }

    private static bool IsDebugBuild(MetadataReader metadata)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor is { Kind: HandleKind.MemberReference } constructor
                && metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } type
                && metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)type).Name, "DebuggableAttribute"))
            {
                // A prolog of two bytes, then the one argument: the modes.
                var value = metadata.GetBlobReader(attribute.Value);
                return value.Length >= 6 && value.ReadUInt16() == 1 && (value.ReadInt32() & DisableOptimizations) != 0;
            }
        }

        return false;
    }
}

using System.Reflection.PortableExecutable;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Commands;

/// <summary>Looks at an assembly without loading it.</summary>
internal static class AssemblyFile
{
    /// <summary>Refuses a file that is no .NET assembly.</summary>
    /// <param name="path">The file.</param>
    /// <param name="given">How the user named it, like --executable is 'x.dll'.</param>
    /// <returns>True when it has an entry point, so that it can be run by itself.</returns>
    public static bool HasEntryPoint(string path, string given)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var reader = new PEReader(file);
            return reader.PEHeaders.CorHeader is { } header
                ? header.EntryPointTokenOrRelativeVirtualAddress != 0
                : throw new BadImageFormatException();
        }
        catch (Exception exception) when (exception is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            var why = exception is BadImageFormatException ? "isn't a .NET assembly" : $"can't be read: {exception.Message}";
            throw new ToolException($"{given}, and {path} {why}. Build the function, and give what the build wrote.");
        }
    }
}

using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Commands;

/// <summary>Finds the files of a function, and says what is missing before anything is started.</summary>
internal static class FunctionFiles
{
    private const string Assembly = ".dll";
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static (string Handler, string Directory) ForHandler(string handler, string directory)
    {
        var full = Path.GetFullPath(directory);
        if (!Directory.Exists(full))
        {
            throw new ToolException(
                $"--assembly-directory is '{directory}', and there is no directory {full}. Build the function, and give its output, like "
                    + "bin/Release/net10.0.");
        }

        var given = $"--handler is '{handler}'";
        if (!handler.Contains("::", StringComparison.Ordinal))
        {
            var executable = Path.Combine(full, handler.EndsWith(Assembly, StringComparison.Ordinal) ? handler : handler + Assembly);
            return !File.Exists(executable) || AssemblyFile.HasEntryPoint(executable, given)
                ? (handler, full)
                : throw new ToolException(
                    $"{given}, and {Path.GetFileName(executable)} is a class library, which can't be started by itself; give "
                        + "Assembly::Namespace.Type::Method, as in Lambda's configuration.");
        }

        if (handler.Split("::") is not [{ Length: > 0 } assembly, { Length: > 0 }, { Length: > 0 }])
        {
            throw new ToolException(
                $"--handler is '{handler}'; it must be Assembly::Namespace.Type::Method, as in Lambda's configuration.");
        }

        if (assembly.EndsWith(Assembly, StringComparison.OrdinalIgnoreCase))
        {
            throw new ToolException(
                $"{given}; an assembly is named without {Assembly}: {assembly[..^Assembly.Length]}{handler[assembly.Length..]}.");
        }

        var file = Path.Combine(full, assembly + Assembly);
        if (File.Exists(file))
        {
            AssemblyFile.HasEntryPoint(file, given);
            return (handler, full);
        }

        throw new ToolException(
            $"--handler names the assembly '{assembly}', and {full} has no {assembly}.dll. Build the function, or give its output by "
                + $"--assembly-directory.{Assemblies(full)}");
    }

    public static (string Handler, string Directory) ForExecutable(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new ToolException(
                $"--executable is '{path}', and there is no file {full}. Give the program, or the executable assembly (.dll), that the "
                    + "build wrote.");
        }

        var given = $"--executable is '{path}'";
        if (!full.EndsWith(Assembly, StringComparison.Ordinal))
        {
            return OperatingSystem.IsWindows() || (File.GetUnixFileMode(full) & Executable) != 0
                ? Named(full)
                : throw new ToolException($"{given}, which isn't executable; chmod +x it.");
        }

        if (!AssemblyFile.HasEntryPoint(full, given))
        {
            throw new ToolException(
                $"{given}, which is a class library and can't be started by itself; give --handler Assembly::Namespace.Type::Method in its "
                    + "place.");
        }

        return File.Exists(Path.ChangeExtension(full, ".runtimeconfig.json"))
            ? Named(full)
            : throw new ToolException(
                $"{given}, and there is no {Path.GetFileNameWithoutExtension(full)}.runtimeconfig.json beside it, which 'dotnet build' "
                    + "writes for an executable; give the assembly in the build's output.");
    }

    private static (string Handler, string Directory) Named(string file) => (Path.GetFileName(file), Path.GetDirectoryName(file)!);

    public static string? Extensions(string? directory) => directory is null || Directory.Exists(directory)
        ? directory
        : throw new ToolException(
            $"--extensions is '{directory}', and there is no directory {Path.GetFullPath(directory)}. It must hold the programs of "
                + "external extensions.");

    private static string Assemblies(string directory)
    {
        var names = Directory.GetFiles(directory, "*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Take(8)
            .ToList();
        return names.Count == 0 ? " It has no assemblies at all." : $" It has {string.Join(", ", names)}.";
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using WarmContext.Testing.Model;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Functions;

/// <summary>Decides what to start for a handler, by the rules of Lambda's own bootstrap.</summary>
internal static partial class FunctionCommands
{
    public static FunctionCommand For(LocalFunctionOptions options)
    {
        var (handler, directory) = (options.Handler, options.AssemblyDirectory);
        if (!options.IsClassLibrary)
        {
            return ForProgram(handler, directory);
        }

        if (options.Bootstrap is null || options.Bootstrap.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return ForClassLibrary(handler, directory, options.Bootstrap);
        }

        return IsExecutable(options.Bootstrap)
            ? new FunctionCommand(options.Bootstrap, [handler], directory)
            : throw new ArgumentException(
                $"{nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.Bootstrap)} is '{options.Bootstrap}', which is not " +
                "executable; chmod +x it.");
    }

    private static FunctionCommand ForProgram(string handler, string directory)
    {

        var assembly = Path.Combine(directory, handler.EndsWith(".dll", StringComparison.Ordinal) ? handler : handler + ".dll");
        if (File.Exists(assembly))
        {
            return new FunctionCommand(DotNetHost.Program, ["exec", "--roll-forward", "Major", assembly], directory);
        }

        foreach (var program in (string[])[Path.Combine(directory, handler), Path.Combine(directory, "bootstrap")])
        {
            if (File.Exists(program))
            {
                return IsExecutable(program)
                    ? new FunctionCommand(program, [], directory)
                    : throw new ArgumentException(
                        $"{nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.Handler)} is '{handler}', but {program} is not " +
                        "executable; chmod +x it.");
            }
        }

        throw new ArgumentException(
            $"{nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.Handler)} is '{handler}', and {directory} has none of " +
            $"{Path.GetFileName(assembly)}, {handler} and bootstrap. " +
            "Allowed are Assembly::Namespace.Type::Method, the name of an executable assembly, the name of a program, or anything where " +
            "there is a program called bootstrap.");
    }

    private static FunctionCommand ForClassLibrary(string handler, string directory, string? bootstrap)
    {
        // As on Lambda: the function's own deps.json and runtimeconfig.json, else the only ones there are.
        var name = handler[..handler.IndexOf("::", StringComparison.Ordinal)].Trim();
        var dependencies = FindOne(directory, name, ".deps.json");
        var configuration = FindOne(directory, name, ".runtimeconfig.json");
        List<string> arguments = ["exec"];
        if (dependencies is not null)
        {
            arguments.AddRange(["--depsfile", dependencies]);
        }

        if (configuration is null)
        {
            // Reported, because Lambda refuses it.
            TestingLog.NoRuntimeConfiguration(directory, name);
            configuration = WriteConfiguration(dependencies);
        }

        // A function for a runtime that this machine doesn't have runs on the next one; one for an older runtime than the host's on the
        // newest there is.
        var rollForward = FrameworkOf(configuration) < FunctionHostFile.MajorVersion ? "LatestMajor" : "Major";
        var host = bootstrap ?? FunctionHostFile.Path;
        arguments.AddRange(["--runtimeconfig", configuration, "--roll-forward", rollForward, host, handler]);
        return new FunctionCommand(DotNetHost.Program, arguments, directory);
    }

    private static string? FindOne(string directory, string name, string extension)
    {
        var own = Path.Combine(directory, name + extension);
        if (File.Exists(own))
        {
            return own;
        }

        var all = Directory.GetFiles(directory, "*" + extension);
        return all.Length == 1 ? all[0] : null;
    }

    /// <summary>The major version of the framework that a runtimeconfig.json asks for.</summary>
    private static int FrameworkOf(string configuration)
    {
        var match = FrameworkVersion().Match(File.ReadAllText(configuration));
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static string WriteConfiguration(string? dependencies)
    {
        var version = $"{Environment.Version.Major}.0";
        if (dependencies is not null && TargetFramework().Match(File.ReadAllText(dependencies)) is { Success: true } match)
        {
            version = match.Groups[1].Value;
        }

        var path = Path.Combine(ProcessGuardian.Current.Directory, $"net{version}.runtimeconfig.json");
        File.WriteAllText(
            path, "{\"runtimeOptions\":{\"framework\":{\"name\":\"Microsoft.NETCore.App\",\"version\":\"" + version + ".0\"}}}");
        return path;
    }

    private static bool IsExecutable(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    [GeneratedRegex(@"""Microsoft\.NETCore\.App"",\s*""version"":\s*""(\d+)\.")]
    private static partial Regex FrameworkVersion();

    [GeneratedRegex(@"""\.NETCoreApp,Version=v(\d+\.\d+)")]
    private static partial Regex TargetFramework();
}

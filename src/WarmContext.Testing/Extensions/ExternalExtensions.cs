using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Extensions;

/// <summary>The programs that are started as external extensions: every executable file in a directory, as in /opt/extensions.</summary>
internal static class ExternalExtensions
{
    public static IReadOnlyList<FunctionCommand> In(string? directory) => directory is null
        ? []
        :
        [
            .. Directory.GetFiles(directory).Where(IsExecutable).Order(StringComparer.Ordinal)
                .Select(static path => new FunctionCommand(path, [], "/")),
        ];

    private static bool IsExecutable(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}

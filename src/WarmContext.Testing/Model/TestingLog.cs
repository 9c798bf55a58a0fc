namespace WarmContext.Testing.Model;

/// <summary>Every log event of this package, with its number. Numbers are never reused.</summary>
internal static class TestingLog
{
    public static void NoRuntimeConfiguration(string directory, string name) => Write(
        WarmContextLogLevel.Warning, 500, nameof(NoRuntimeConfiguration),
        $"{directory} has no {name}.runtimeconfig.json. One was made up; Lambda would refuse the function. Set " +
        "GenerateRuntimeConfigurationFiles to true in its project.");

    public static void NotEnforced(string sentence) => Write(WarmContextLogLevel.Information, 501, nameof(NotEnforced), sentence);

    public static void HiddenFile(string sentence) => Write(WarmContextLogLevel.Warning, 502, nameof(HiddenFile), sentence);

    private static void Write(WarmContextLogLevel level, int id, string name, string message) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(level, id, name, message, null, null));
}

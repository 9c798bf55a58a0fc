using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>What weighs in the deployment package.</summary>
internal sealed class PackageWeightCheck : IAuditCheck
{
    private const int MaxNamed = 5;
    private const long MinSymbols = 1024 * 1024;
    private const long MinOtherPlatforms = 1024 * 1024;

    public IEnumerable<Finding> Check(Recording recording)
    {
        var files = recording.Package;
        if (files.Count == 0)
        {
            yield break;
        }

        var assemblies = files.Where(static file => file.IsAssembly).ToList();
        yield return Of(
            FindingSeverity.Information,
            $"The package has {Amount.Bytes(files.Sum(static file => file.Bytes))} in {Amount.Count(files.Count, "file")}. The heaviest: " +
            $"{string.Join(", ", files.Take(MaxNamed).Select(static file => $"{file.Path} {Amount.Bytes(file.Bytes)}"))}.");

        if (assemblies.Where(static file => file.IsDebugBuild).ToList() is { Count: > 0 } debug)
        {
            yield return Of(
                FindingSeverity.Warning,
                $"Built without optimization: {Names(debug)}. Figures of a Debug build say little; publish in Release.");
        }

        if (assemblies.Where(static file => !file.IsReadyToRun).ToList() is { Count: > 0 } compiled)
        {
            yield return Of(
                FindingSeverity.Information,
                $"{compiled.Count} of {assemblies.Count} assemblies, {Amount.Bytes(compiled.Sum(static file => file.Bytes))}, have no " +
                $"machine code (ReadyToRun): it is compiled in every cold start. The largest: {Names([.. compiled.Take(MaxNamed)])}.");
        }

        if (files.Where(IsSymbols).Sum(static file => file.Bytes) is >= MinSymbols and var symbols)
        {
            yield return Of(FindingSeverity.Warning, $"Symbols (.pdb) weigh {Amount.Bytes(symbols)}.");
        }

        if (files.Where(IsOfAnotherPlatform).Sum(static file => file.Bytes) is >= MinOtherPlatforms and var others)
        {
            yield return Of(
                FindingSeverity.Warning,
                $"Files for other platforms (runtimes/) weigh {Amount.Bytes(others)}; publish for linux-x64 or linux-arm64 alone.");
        }
    }

    private static Finding Of(FindingSeverity severity, string message) =>
        Practices.Finding(FindingKind.PackageWeight, severity, message, []);

    private static string Names(List<PackageFile> files) =>
        string.Join(", ", files.Take(MaxNamed).Select(static file => file.Path)) + (files.Count > MaxNamed ? ", ..." : string.Empty);

    private static bool IsSymbols(PackageFile file) => file.Path.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase);

    private static bool IsOfAnotherPlatform(PackageFile file) =>
        file.Path.StartsWith("runtimes/", StringComparison.Ordinal) && !file.Path.StartsWith("runtimes/linux", StringComparison.Ordinal)
            && !file.Path.StartsWith("runtimes/unix", StringComparison.Ordinal);
}

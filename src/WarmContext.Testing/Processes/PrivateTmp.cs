namespace WarmContext.Testing.Processes;

/// <summary>
/// A function's own /tmp: its ephemeral storage, mounted there for its processes alone. What it needs of this machine's /tmp, such as its
/// own code when that is built there, it finds at the same place: the directory itself, mounted, and nothing beside it.
/// </summary>
internal sealed class PrivateTmp
{
    private const string Tmp = "/tmp";

    private static readonly Lazy<string?> s_probe = new(static () => Tool.TryRun(
        "unshare", "--mount", "--propagation", "private", "mount", "--bind", ProcessGuardian.Current.Directory, Tmp));

    /// <summary>One that has these directories in it.</summary>
    public PrivateTmp(string storage, IReadOnlyList<SharedDirectory> shared)
    {
        Storage = storage;
        Shared = shared;
    }

    /// <summary>The directory that the function has as its /tmp.</summary>
    public string Storage { get; }

    /// <summary>The directories of this machine's /tmp that the function finds in its own, those above first.</summary>
    public IReadOnlyList<SharedDirectory> Shared { get; }

    /// <summary>Makes a function's own /tmp.</summary>
    /// <param name="storage">The directory that is to be it.</param>
    /// <param name="code">Directories that the function only reads.</param>
    /// <param name="problem">Why the function can't be given one.</param>
    public static PrivateTmp? TryMake(string storage, IEnumerable<string> code, out string? problem)
    {
        // Ours is written to: the log, and what is shared with the preloaded library.
        List<SharedDirectory> shared = [.. code.SelectMany(Places).Select(static path => new SharedDirectory(path, isReadOnly: true))];
        shared.AddRange(Places(ProcessGuardian.Current.Directory).Select(static path => new SharedDirectory(path, isReadOnly: false)));
        problem = shared.Exists(static directory => directory.Path == Tmp)
            ? "the function's code is /tmp itself and would be hidden"
            : s_probe.Value;
        var found = shared.DistinctBy(static directory => directory.Path)
            .OrderBy(static directory => directory.Path, StringComparer.Ordinal);
        return problem is null ? new PrivateTmp(storage, [.. found]) : null;
    }

    /// <summary>Whether the function finds a file or directory that has this path on the machine.</summary>
    public bool Has(string path) =>
        Path.Exists(Storage + path[Tmp.Length..]) || Shared.Any(directory => IsAtOrBelow(path, directory.Path));

    /// <summary>Where, in the storage, a directory is mounted.</summary>
    public string MountPoint(SharedDirectory directory) => Storage + directory.Path[Tmp.Length..];

    /// <summary>Makes the directories that others are mounted on. For every process anew: the function may have cleared its /tmp.</summary>
    public void CreateMountPoints()
    {
        foreach (var directory in Shared)
        {
            Directory.CreateDirectory(MountPoint(directory));
        }
    }

    /// <summary>The names below /tmp, or /tmp itself, that a directory is reached by: as given, and without symbolic links.</summary>
    private static IEnumerable<string> Places(string directory) =>
        ((string[])[directory, Resolve(directory)]).Where(static path => IsAtOrBelow(path, Tmp));

    private static bool IsAtOrBelow(string path, string directory) =>
        path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static string Resolve(string directory)
    {
        if (Path.GetDirectoryName(directory) is not { } parent)
        {
            return directory;
        }

        var path = Path.Combine(Resolve(parent), Path.GetFileName(directory));
        return Directory.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? Resolve(target.FullName) : path;
    }
}

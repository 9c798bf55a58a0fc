namespace WarmContext.Testing.Isolation;

/// <summary>Where this process's own groups are in the mounted control-group hierarchies (cgroups(7)).</summary>
/// <param name="Unified">Its directory in the hierarchy of version 2; null where there is none.</param>
/// <param name="Controllers">Its directories in those of version 1, by controller.</param>
internal sealed record CgroupLocation(string? Unified, IReadOnlyDictionary<string, string> Controllers)
{
    private static readonly Lazy<CgroupLocation> s_own = new(static () => Read("/proc/self/mountinfo", "/proc/self/cgroup"));

    public static CgroupLocation Own => s_own.Value;

    public static CgroupLocation Read(string mountInfo, string membership)
    {
        try
        {
            return Parse(File.ReadAllLines(mountInfo), File.ReadAllLines(membership));
        }
        catch (IOException)
        {
            return new CgroupLocation(null, new Dictionary<string, string>(StringComparer.Ordinal));
        }
    }

    public static CgroupLocation Parse(IEnumerable<string> mountInfo, IEnumerable<string> membership)
    {
        string? unified = null;
        var controllers = new Dictionary<string, string>(StringComparer.Ordinal);
        var groups = Groups(membership);
        foreach (var line in mountInfo)
        {
            // id parent device root mount-point options [optional...] - type source super-options
            var separator = line.IndexOf(" - ", StringComparison.Ordinal);
            var before = line.Split(' ');
            var after = separator < 0 ? [] : line[(separator + 3)..].Split(' ');
            if (after.Length < 3 || before.Length < 6)
            {
                continue;
            }

            if (after[0] == "cgroup2" && groups.TryGetValue(string.Empty, out var own))
            {
                unified ??= Directory(before[3], before[4], own);
            }
            else if (after[0] == "cgroup")
            {
                foreach (var controller in after[2].Split(',').Where(groups.ContainsKey))
                {
                    controllers.TryAdd(controller, Directory(before[3], before[4], groups[controller]));
                }
            }
        }

        return new CgroupLocation(unified, controllers);
    }

    /// <summary>Lines like 4:memory:/docker/1 and 0::/user.slice.</summary>
    private static Dictionary<string, string> Groups(IEnumerable<string> membership)
    {
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parts in membership.Select(static line => line.Split(':', 3)).Where(static parts => parts.Length == 3))
        {
            foreach (var controller in parts[1].Split(','))
            {
                groups[controller] = parts[2];
            }
        }

        return groups;
    }

    /// <summary>The mount shows what is below a root; in a container that is often the own group.</summary>
    private static string Directory(string root, string mountPoint, string group)
    {
        var below = root == "/" ? group
            : group.StartsWith(root + "/", StringComparison.Ordinal) ? group[root.Length..]
            : "/";
        return below == "/" ? mountPoint : mountPoint + below;
    }
}

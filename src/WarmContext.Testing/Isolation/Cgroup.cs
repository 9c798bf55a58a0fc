using System.Globalization;

namespace WarmContext.Testing.Isolation;

/// <summary>
/// The control groups of one sandbox: where they can be had, a freezer, a memory limit and a CPU quota, in version 2's one hierarchy or
/// version 1's many. Made before its processes; removed after them. Everything here is tried, and what fails is said by the one who asked.
/// </summary>
internal sealed class Cgroup : IFreezer
{
    // Lambda accounts CPU in periods of about this length; shorter ones cost more switches.
    private const int PeriodMicroseconds = 20_000;

    private readonly string? _unified;
    private readonly Dictionary<string, string> _controllers;
    private readonly bool _isFrozenByUnified;

    private Cgroup(string? unified, Dictionary<string, string> controllers, bool isFrozenByUnified)
    {
        _unified = unified;
        _controllers = controllers;
        _isFrozenByUnified = isFrozenByUnified;
    }

    /// <summary>The directories of the groups, to be cleared away when this process dies.</summary>
    public IEnumerable<string> Directories => _controllers.Values.Concat(_unified is null ? [] : [_unified]);

    /// <summary>True when it can freeze; else it only limits.</summary>
    public bool HasFreezer => _isFrozenByUnified || _controllers.ContainsKey("freezer");

    /// <summary>True when every process in it is stopped.</summary>
    public bool IsFrozen => _isFrozenByUnified
        ? ControlFile.TryRead(_unified!, "cgroup.events")?.Contains("frozen 1", StringComparison.Ordinal) == true
        : ControlFile.TryRead(_controllers["freezer"], "freezer.state")?.StartsWith("FROZEN", StringComparison.Ordinal) == true;

    /// <summary>Makes the groups.</summary>
    /// <param name="location">Below which groups.</param>
    /// <param name="name">What they are called.</param>
    /// <param name="freeze">Which freezer to take.</param>
    /// <param name="limits">What is going to be limited.</param>
    /// <returns>The groups, as far as they could be made; null when none could.</returns>
    public static Cgroup? TryCreate(CgroupLocation location, string name, FreezeMechanism freeze, ResourceLimits limits)
    {
        var wantsUnified = freeze is FreezeMechanism.Best or FreezeMechanism.CgroupV2 || limits != ResourceLimits.None;
        var unified = wantsUnified && location.Unified is { } parent ? CreateIn(parent, name, "cgroup.procs") : null;
        var byUnified = unified is not null && freeze is FreezeMechanism.Best or FreezeMechanism.CgroupV2
            && File.Exists(Path.Combine(unified!, "cgroup.freeze"));
        var controllers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!byUnified && freeze is FreezeMechanism.Best or FreezeMechanism.CgroupV1)
        {
            Add("freezer");
        }

        if (limits.HasFlag(ResourceLimits.Memory))
        {
            Add("memory");
        }

        if (limits.HasFlag(ResourceLimits.Cpu))
        {
            Add("cpu");
        }

        return unified is null && controllers.Count == 0 ? null : new Cgroup(unified, controllers, byUnified);

        void Add(string controller)
        {
            if (location.Controllers.TryGetValue(controller, out var directory) && CreateIn(directory, name, "cgroup.procs") is { } created)
            {
                controllers[controller] = created;
            }
        }
    }

    /// <summary>Takes a process in; its children follow.</summary>
    /// <returns>False when a group refused it.</returns>
    public bool Add(int process)
    {
        var id = process.ToString(CultureInfo.InvariantCulture);
        return Directories.ToList().TrueForAll(directory => ControlFile.TryWrite(directory, "cgroup.procs", id) is null);
    }

    public void Freeze() => SetFrozen(true);

    public void Thaw() => SetFrozen(false);

    /// <summary>Limits memory.</summary>
    /// <returns>Null, or why it didn't work.</returns>
    public string? LimitMemory(long bytes)
    {
        var value = bytes.ToString(CultureInfo.InvariantCulture);
        if (_controllers.TryGetValue("memory", out var directory))
        {
            var problem = ControlFile.TryWrite(directory, "memory.limit_in_bytes", value);

            // Lambda has no swap. Kernels that don't account for it haven't the file.
            ControlFile.TryWrite(directory, "memory.memsw.limit_in_bytes", value);
            return problem;
        }

        if (_unified is null || !EnableUnified("memory"))
        {
            return "there is no memory control group";
        }

        ControlFile.TryWrite(_unified, "memory.swap.max", "0");
        ControlFile.TryWrite(_unified, "memory.oom.group", "1");
        return ControlFile.TryWrite(_unified, "memory.max", value);
    }

    /// <summary>Limits CPU.</summary>
    /// <param name="cpus">How many CPUs' worth of time.</param>
    /// <returns>Null, or why it didn't work.</returns>
    public string? LimitCpu(double cpus)
    {
        var quota = ((int)Math.Max(1000, cpus * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
        var period = PeriodMicroseconds.ToString(CultureInfo.InvariantCulture);
        if (_controllers.TryGetValue("cpu", out var directory))
        {
            return ControlFile.TryWrite(directory, "cpu.cfs_period_us", period)
                ?? ControlFile.TryWrite(directory, "cpu.cfs_quota_us", quota);
        }

        return _unified is not null && EnableUnified("cpu")
            ? ControlFile.TryWrite(_unified, "cpu.max", $"{quota} {period}")
            : "there is no CPU control group";
    }

    /// <summary>The processes in it; they may have left their process group.</summary>
    public List<int> Processes() =>
    [
        .. (ControlFile.TryRead(Directories.First(), "cgroup.procs") ?? string.Empty)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Kills everything in it, frozen or not.</summary>
    public void Kill(Action<int> kill)
    {
        // One that forks while it is being killed is killed the next time round.
        for (var round = 0; round < 10 && Processes() is { Count: > 0 } left; round++)
        {
            left.ForEach(kill);
            Thaw();
            Thread.Sleep(round);
        }
    }

    /// <summary>Removes the groups; they go when the last process has.</summary>
    /// <returns>False when there is still a process in one.</returns>
    public bool TryRemove()
    {
        var removed = true;
        foreach (var directory in Directories)
        {
            try
            {
                if (Directory.Exists(directory))
                {
                    // rmdir: the files in it aren't files.
                    Directory.Delete(directory);
                }
            }
            catch (IOException)
            {
                removed = false;
            }
        }

        return removed;
    }

    private static string? CreateIn(string parent, string name, string proof)
    {
        var directory = Path.Combine(parent, name);
        return ControlFile.TryCreate(directory) is null && File.Exists(Path.Combine(directory, proof)) ? directory : null;
    }

    /// <summary>
    /// In version 2 a controller must have been handed down by the parent, which refuses as long as it has processes of its own.
    /// </summary>
    private bool EnableUnified(string controller)
    {
        if (ControlFile.TryRead(_unified!, "cgroup.controllers")?.Split(' ', '\n').Contains(controller) == true)
        {
            return true;
        }

        return ControlFile.TryWrite(Path.GetDirectoryName(_unified!)!, "cgroup.subtree_control", "+" + controller) is null;
    }

    private void SetFrozen(bool frozen)
    {
        if (_isFrozenByUnified)
        {
            ControlFile.TryWrite(_unified!, "cgroup.freeze", frozen ? "1" : "0");
        }
        else if (_controllers.TryGetValue("freezer", out var directory))
        {
            ControlFile.TryWrite(directory, "freezer.state", frozen ? "FROZEN" : "THAWED");
        }
    }
}

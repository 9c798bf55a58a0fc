using WarmContext.Testing.Isolation;

namespace WarmContext.Testing;

/// <summary>The files of control groups, on directories that only look like them: whichever version a machine has.</summary>
public sealed class CgroupTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("warmcontext-cgroups-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Own_groups_are_found_in_both_versions_and_below_a_containers_root()
    {
        var location = CgroupLocation.Parse(
            [
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
                "36 31 0:33 /docker/1 /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
                "42 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
            ],
            ["4:memory:/docker/1/mine", "2:cpu,cpuacct:/", "0::/user.slice"]);

        Assert.Equal("/sys/fs/cgroup/unified/user.slice", location.Unified);
        Assert.Equal("/sys/fs/cgroup/memory/mine", location.Controllers["memory"]);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", location.Controllers["cpu"]);
    }

    [Fact]
    public void Version_2_is_limited_by_its_own_files()
    {
        var group = Create(
            "cgroup.procs",
            "cgroup.freeze",
            "cgroup.events",
            "cgroup.controllers",
            "memory.max",
            "memory.swap.max",
            "memory.oom.group",
            "cpu.max");
        File.WriteAllText(Path.Combine(_root.FullName, "group", "cgroup.controllers"), "cpu memory pids\n");

        Assert.Null(group.LimitMemory(512L << 20));
        Assert.Null(group.LimitCpu(0.25));
        Assert.True(group.Add(4711));
        group.Freeze();

        Assert.Equal("536870912", Read("memory.max"));
        Assert.Equal("0", Read("memory.swap.max"));
        Assert.Equal("5000 20000", Read("cpu.max"));
        Assert.Equal("4711", Read("cgroup.procs"));
        Assert.Equal("1", Read("cgroup.freeze"));
        Assert.False(group.IsFrozen);
        File.WriteAllText(Path.Combine(_root.FullName, "group", "cgroup.events"), "populated 1\nfrozen 1\n");
        Assert.True(group.IsFrozen);
    }

    [Fact]
    public void A_controller_that_is_not_handed_down_is_said()
    {
        var group = Create("cgroup.procs", "cgroup.freeze", "cgroup.events", "cgroup.controllers");

        Assert.Equal("there is no memory control group", group.LimitMemory(1));
        Assert.Equal("there is no CPU control group", group.LimitCpu(1));
    }

    [Fact]
    public void Where_no_group_can_be_made_there_is_none()
    {
        var nowhere = new CgroupLocation("/proc/nowhere", new Dictionary<string, string> { ["freezer"] = "/proc/nowhere" });

        Assert.Null(Cgroup.TryCreate(nowhere, "group", FreezeMechanism.Best, ResourceLimits.All));
    }

    private Cgroup Create(params string[] files)
    {
        var directory = _root.CreateSubdirectory("group");
        foreach (var file in files)
        {
            File.WriteAllText(Path.Combine(directory.FullName, file), string.Empty);
        }

        return Cgroup.TryCreate(
            new CgroupLocation(_root.FullName, new Dictionary<string, string>()), "group", FreezeMechanism.CgroupV2, ResourceLimits.All)!;
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_root.FullName, "group", file));
}

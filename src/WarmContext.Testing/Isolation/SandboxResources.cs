using System.Globalization;
using WarmContext.Testing.Isolation.Preload;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Isolation;

/// <summary>
/// What holds an environment's processes: control groups, the ephemeral storage, the preloaded library; and what of it can't be had here.
/// </summary>
internal sealed class SandboxResources : IDisposable
{
    // One vCPU per 1,769 MB (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html, read 2026-11-20).
    private const double MegabytesPerCpu = 1769;
    private const string NoGroup = "no control group can be made here";

    private static int s_groups;

    private readonly LocalFunctionOptions _options;
    private readonly Limitations _limitations;
    private readonly PrivateStorage? _storage;

    public SandboxResources(LocalFunctionOptions options, string directory, string temporaryDirectory, Limitations limitations)
    {
        _options = options;
        _limitations = limitations;
        if (options.ResourceLimits.HasFlag(ResourceLimits.EphemeralStorage))
        {
            _storage = PrivateStorage.TryMount(temporaryDirectory, options.EphemeralStorageMegabytes, out var problem);
            if (problem is not null)
            {
                limitations.Add("storage", $"The ephemeral storage is not limited to {options.EphemeralStorageMegabytes} MB: {problem}.");
            }

            Tmp = PrivateTmp.TryMake(
                temporaryDirectory,
                [
                    options.AssemblyDirectory, options.ExtensionsDirectory ?? "/", Path.GetDirectoryName(options.Bootstrap) ?? "/",
                    DotNetDirectory,
                ],
                out var whyNot);
            if (Tmp is null)
            {
                limitations.Add("tmp", $"/tmp itself is this machine's, and TMPDIR is the function's own directory: {whyNot}.");
            }
            else
            {
                HiddenFiles = Isolation.HiddenFiles.In(options.Environment, Tmp);
            }
        }

        if (options.Audit || options.TimeTravel)
        {
            if (PreloadLibrary.Path is { } library)
            {
                Preload = new PreloadPage(Path.Combine(directory, "preload"));
                PreloadPath = library;
            }
            else
            {
                var missing = options.TimeTravel
                    ? "The function's clock can't be moved"
                    : "Connections that are opened and closed within one invocation aren't seen";
                limitations.Add("preload", $"{missing}: {PreloadLibrary.Problem}.");
            }
        }
    }

    /// <summary>The function's own /tmp; null where it has this machine's.</summary>
    public PrivateTmp? Tmp { get; }

    /// <summary>What the function's configuration names and the function won't find, a sentence each.</summary>
    public IReadOnlyList<string> HiddenFiles { get; } = [];

    /// <summary>What is shared with the preloaded library; null when there is none.</summary>
    public PreloadPage? Preload { get; }

    /// <summary>The library to preload; null when there is none.</summary>
    public string? PreloadPath { get; }

    /// <summary>Why the function's clock can't be moved; null when it can.</summary>
    public string? TimeTravelUnavailableReason => Preload is null ? PreloadLibrary.Problem
        : Preload.IsLoaded ? null
        : "it has not loaded the library that moves it; is it linked statically, or against another C library?";

    /// <summary>What the function's clocks are ahead.</summary>
    public TimeSpan ClockOffset => Preload?.ClockOffset ?? TimeSpan.Zero;

    private static string DotNetDirectory => Functions.DotNetHost.Root ?? "/";

    /// <summary>Makes the control groups of a sandbox; null when none can be had.</summary>
    public Cgroup? CreateGroup()
    {
        if (_options.FreezeMechanism == FreezeMechanism.Signals
            && _options.ResourceLimits is ResourceLimits.None or ResourceLimits.EphemeralStorage)
        {
            return null;
        }

        var number = Interlocked.Increment(ref s_groups);
        var name = string.Create(CultureInfo.InvariantCulture, $"warmcontext-{Environment.ProcessId}-{number}");
        var group = Cgroup.TryCreate(CgroupLocation.Own, name, _options.FreezeMechanism, _options.ResourceLimits);
        if (_options.FreezeMechanism is FreezeMechanism.CgroupV1 or FreezeMechanism.CgroupV2 && group?.HasFreezer != true)
        {
            group?.TryRemove();
            throw new PlatformNotSupportedException(
                $"{nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.FreezeMechanism)} is {_options.FreezeMechanism}, " +
                $"which this machine doesn't permit; use {nameof(FreezeMechanism.Best)} or {nameof(FreezeMechanism.Signals)}.");
        }

        if (group?.HasFreezer != true && _options.FreezeMechanism == FreezeMechanism.Best)
        {
            _limitations.Add(
                "freezer",
                "Processes are stopped by SIGSTOP: no control group for freezing can be made here. A child that leaves its process group " +
                "runs on.");
        }

        if (group is not null)
        {
            ProcessGuardian.Current.AddGroups(group.Directories);
        }

        if (_options.ResourceLimits.HasFlag(ResourceLimits.Memory)
            && (group is null ? NoGroup : group.LimitMemory(_options.MemoryMegabytes * 1024L * 1024)) is { } problem)
        {
            _limitations.Add("memory", $"The memory is not limited to {_options.MemoryMegabytes} MB: {problem}.");
        }

        return group;
    }

    /// <summary>From the end of Init on, the function has the CPU that its memory buys.</summary>
    public void LimitCpu(Cgroup? group)
    {
        var cpus = _options.MemoryMegabytes / MegabytesPerCpu;
        if (!_options.ResourceLimits.HasFlag(ResourceLimits.Cpu))
        {
            return;
        }

        if (cpus > Environment.ProcessorCount)
        {
            _limitations.Add("cpus", string.Create(
                CultureInfo.InvariantCulture,
                $"{_options.MemoryMegabytes} MB buy {cpus:0.00} vCPUs; this machine has {Environment.ProcessorCount}."));
        }
        else if ((group is null ? NoGroup : group.LimitCpu(cpus)) is { } problem)
        {
            _limitations.Add(
                "cpu", string.Create(CultureInfo.InvariantCulture, $"The CPU is not limited to {cpus:0.00} vCPUs: {problem}."));
        }
    }

    public void Dispose()
    {
        Preload?.Dispose();
        _storage?.Dispose();
    }
}

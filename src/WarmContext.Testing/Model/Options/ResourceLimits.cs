namespace WarmContext.Testing;

/// <summary>Which of a function's resources are limited as on Lambda, where this machine permits it.</summary>
[Flags]
public enum ResourceLimits
{
    /// <summary>No limit: the function has what the machine has.</summary>
    None = 0,

    /// <summary>
    /// The memory, to <see cref="LocalFunctionOptions.MemoryMegabytes"/>. A process that needs more is killed. Needs a memory control
    /// group.
    /// </summary>
    Memory = 1,

    /// <summary>
    /// The CPU, to one vCPU per 1,769 MB of memory, from the end of Init on. Lambda is generous with CPU in Init, which AWS doesn't
    /// document. Needs a CPU control group.
    /// </summary>
    Cpu = 2,

    /// <summary>
    /// The ephemeral storage, to <see cref="LocalFunctionOptions.EphemeralStorageMegabytes"/>. The function gets a private <c>/tmp</c> too.
    /// Needs the right to mount.
    /// </summary>
    EphemeralStorage = 4,

    /// <summary>All of them.</summary>
    All = Memory | Cpu | EphemeralStorage,
}

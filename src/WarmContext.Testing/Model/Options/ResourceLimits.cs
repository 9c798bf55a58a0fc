namespace WarmContext.Testing;

/// <summary>Which of a function's resources are limited as on Lambda, where this machine permits it.</summary>
[Flags]
public enum ResourceLimits
{
    /// <summary>None: the function has what the machine has.</summary>
    None = 0,

    /// <summary>
    /// The memory, to <see cref="LocalFunctionOptions.MemoryMegabytes"/>: a process past it is killed. Needs a memory control group.
    /// </summary>
    Memory = 1,

    /// <summary>
    /// The CPU, to one vCPU per 1,769 MB of memory, from the end of Init on. (In Init Lambda is generous with CPU, which AWS doesn't
    /// document.) Needs a CPU control group.
    /// </summary>
    Cpu = 2,

    /// <summary>
    /// The ephemeral storage, to <see cref="LocalFunctionOptions.EphemeralStorageMegabytes"/>, and <c>/tmp</c> itself private to the
    /// function. Needs the right to mount.
    /// </summary>
    EphemeralStorage = 4,

    /// <summary>All of them.</summary>
    All = Memory | Cpu | EphemeralStorage,
}

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>A thread at a moment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, of which Linux keeps 15 characters.</param>
/// <param name="State">Its state: R runs or waits for a CPU, S sleeps, D waits for a device, T is stopped.</param>
/// <param name="Cpu">The CPU time it has used.</param>
internal sealed record ThreadSample(int Id, string Name, char State, TimeSpan Cpu);

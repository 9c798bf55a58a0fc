namespace WarmContext.Testing.Processes;

/// <summary>What a process of a function finds around it.</summary>
/// <param name="Tmp">Its own /tmp; null where that is the machine's.</param>
/// <param name="Preload">The library to load into it; null for none.</param>
internal sealed record ProcessSurroundings(PrivateTmp? Tmp, string? Preload);

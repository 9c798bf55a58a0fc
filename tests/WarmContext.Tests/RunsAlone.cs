namespace WarmContext.Tests;

/// <summary>The collection of tests that look at what the whole process does, and so run beside no others.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public static class RunsAlone;

namespace OrderDemo;

/// <summary>How the demo runs.</summary>
public sealed record DemoOptions
{
    /// <summary>Environments started, and reclaimed, for each form.</summary>
    public const int Environments = 3;

    /// <summary>Invocations after each of the three events.</summary>
    public const int AfterEvent = 3;

    /// <summary>The warm form.</summary>
    public FunctionForm WarmForm { get; init; } = FunctionForm.Warm;

    /// <summary>Ordinary warm invocations of each form, over all environments.</summary>
    public int Invocations { get; init; } = 90;

    /// <summary>How long S3 takes to begin an answer.</summary>
    public TimeSpan S3Latency { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>How long the server lets a session be idle before it ends it.</summary>
    public TimeSpan IdleSessionTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The long freeze: longer than <see cref="IdleSessionTimeout"/>.</summary>
    public TimeSpan LongFreeze { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the environment stays frozen after the database's restart.</summary>
    public TimeSpan AfterRestart { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How far the warm form's prices may lag behind.</summary>
    public TimeSpan ModelMaximumAge { get; init; } = TimeSpan.FromSeconds(2);
}

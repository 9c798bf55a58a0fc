using WarmContext.TestSupport;

namespace WarmContext.Tests.Holding;

/// <summary>A holder of numbered values, on a manual clock.</summary>
public abstract class HeldValue
{
    private protected ManualTimeProvider Time { get; } = new();

    private protected ExecutionEnvironment Environment { get; }

    /// <summary>How many values the factory has made.</summary>
    private protected int Made;

    protected HeldValue() => Environment = TestEnvironments.Create(Time);

    private protected Warm<DisposableValue> Holder(Action<WarmOptions<DisposableValue>>? configure = null)
    {
        var options = new WarmOptions<DisposableValue> { Environment = Environment };
        configure?.Invoke(options);
        return new Warm<DisposableValue>(() => new DisposableValue(++Made), options);
    }
}

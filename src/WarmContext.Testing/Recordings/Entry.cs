namespace WarmContext.Testing.Recordings;

/// <summary>Something recorded that still goes on. Guarded by its <see cref="Recorder"/>.</summary>
internal sealed class Entry<T>(T value)
    where T : class
{
    public T Value { get; set; } = value;
}

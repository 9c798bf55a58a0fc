namespace WarmContext.Testing.Model.Options;

/// <summary>
/// Has the Extensions API fail as Lambda's does now and then, and counts what it is asked. For tests of what WarmContext does about that.
/// </summary>
internal sealed class ExtensionFaults
{
    private int _eventRequests;

    /// <summary>The status by which registrations are refused; null lets them be.</summary>
    public int? RegistrationRefusal { get; init; }

    /// <summary>How long the answer to a registration takes. The extension is registered before.</summary>
    public TimeSpan RegistrationTime { get; init; }

    /// <summary>How often an extension has asked for its next event.</summary>
    public int EventRequests => Volatile.Read(ref _eventRequests);

    /// <summary>
    /// Cuts the connections by which extensions wait for their next event. An invocation that begins before they ask again is told to the
    /// runtime alone.
    /// </summary>
    public Action CutEventRequests { get; set; } = static () => { };

    public void EventRequested() => Interlocked.Increment(ref _eventRequests);
}

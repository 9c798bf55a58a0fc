namespace OrderDemo;

/// <summary>What was measured of one form.</summary>
public sealed class FormResult(string name)
{
    private readonly List<TimeSpan> _coldStarts = [];
    private readonly List<TimeSpan> _first = [];
    private readonly List<TimeSpan> _warm = [];

    public string Name { get; } = name;

    /// <summary>Init and the first invocation together, of each environment.</summary>
    public IReadOnlyList<TimeSpan> ColdStarts => _coldStarts;

    /// <summary>The first invocation of each environment alone.</summary>
    public IReadOnlyList<TimeSpan> FirstInvocations => _first;

    /// <summary>The successful invocations that were not the first of their environment.</summary>
    public IReadOnlyList<TimeSpan> Warm => _warm;

    public int Invocations { get; private set; }

    /// <summary>The invocations that did not end in an accepted order, though each was given a valid one.</summary>
    public int Failed { get; private set; }

    public int Accepted => Invocations - Failed;

    /// <summary>The first error of each kind, for the reader.</summary>
    public IList<string> Errors { get; } = [];

    /// <summary>Orders priced with a model that had been replaced longer ago than the function may lag behind.</summary>
    public int OldPrices { get; set; }

    public long ConnectionsOpened { get; set; }

    public long S3Requests { get; set; }

    public long AuditRecords { get; set; }

    public long AuditRecordsLost => Accepted - AuditRecords;

    public void AddFailure(string error)
    {
        Invocations++;
        Failed++;
        if (!Errors.Contains(error))
        {
            Errors.Add(error);
        }
    }

    public void AddFirst(TimeSpan init, TimeSpan duration)
    {
        Invocations++;
        _coldStarts.Add(init + duration);
        _first.Add(duration);
    }

    public void AddWarm(TimeSpan duration)
    {
        Invocations++;
        _warm.Add(duration);
    }

    /// <summary>The value that the given share of the durations does not exceed (nearest rank); null when there are none.</summary>
    public static TimeSpan? Percentile(IReadOnlyCollection<TimeSpan> durations, double share) =>
        durations.Count == 0 ? null : durations.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * durations.Count) - 1));
}

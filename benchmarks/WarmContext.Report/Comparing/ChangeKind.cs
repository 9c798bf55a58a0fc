namespace WarmContext.Report.Comparing;

/// <summary>What became of a row from one result set to the next.</summary>
public enum ChangeKind
{
    /// <summary>No more than noise, or less than counts.</summary>
    Same,

    /// <summary>Too uncertain to be told: the interval reaches over what counts on one side or both.</summary>
    Unclear,

    Faster,

    Slower,

    /// <summary>Fails more often than before.</summary>
    Failing,

    /// <summary>Only the newer set has it.</summary>
    Added,

    /// <summary>Only the older set has it.</summary>
    Removed,
}

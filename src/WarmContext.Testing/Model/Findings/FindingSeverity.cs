namespace WarmContext.Testing;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Information = 0,

    /// <summary>It costs time or money, or will go wrong under circumstances that Lambda brings about.</summary>
    Warning,

    /// <summary>It went wrong here, or loses work or data.</summary>
    Error,
}

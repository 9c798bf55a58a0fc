namespace WarmContext.Holding;

/// <summary>Whether a held value may be handed out.</summary>
internal enum WarmEntryState
{
    Fresh = 0,
    NeedsCheck,
    Expired,
}

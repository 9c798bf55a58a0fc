namespace WarmContext;

/// <summary>Calls a freeze guard so that its failures reach the log and nobody else.</summary>
internal static class FreezeGuards
{
    public static void Begun(IFreezeGuard? guard, Invocation invocation)
    {
        try
        {
            guard?.Begun(invocation);
        }
        catch (Exception exception)
        {
            WarmContextLog.FreezeGuardFailed(invocation.RequestId, exception);
        }
    }

    public static async ValueTask<bool> TryHoldAsync(IFreezeGuard guard, Invocation invocation, Task work)
    {
        try
        {
            return await guard.TryHoldAsync(invocation, work).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WarmContextLog.FreezeGuardFailed(invocation.RequestId, exception);
            return false;
        }
    }

    public static void Ended(IFreezeGuard? guard, Invocation invocation)
    {
        try
        {
            guard?.Ended(invocation);
        }
        catch (Exception exception)
        {
            WarmContextLog.FreezeGuardFailed(invocation.RequestId, exception);
        }
    }
}

using WarmContext.Diagnostics;

namespace WarmContext.Holding;

/// <summary>Disposes values that a holder gave up. Failures are logged: whoever happens to be the last user has no part in them.</summary>
internal static class WarmDisposal
{
    public static async ValueTask DisposeAsync(object value, string name, bool disposes)
    {
        if (!disposes)
        {
            return;
        }

        try
        {
            switch (value)
            {
                case IAsyncDisposable disposable: await disposable.DisposeAsync().ConfigureAwait(false); break;
                case IDisposable disposable: disposable.Dispose(); break;
                default: break;
            }
        }
        catch (Exception exception)
        {
            WarmContextLog.DisposalFailed(Invocation.CurrentOrDefault?.RequestId, name, exception);
        }
    }
}
